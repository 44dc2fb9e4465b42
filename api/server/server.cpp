// The server as a whole: threads, listener, and the way down.
#include "api/server/server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <future>
#include <mutex>
#include <utility>

#include "api/server/connection.hpp"
#include "api/server/limits.hpp"
#include "api/server/listener.hpp"
#include "api/server/response_head.hpp"
#include "api/server/session.hpp"
#include "api/server/tls.hpp"
#include "domain/values/check.hpp"
#include "platform/log.hpp"

namespace outlay::api {

namespace {

using boost::asio::ip::tcp;
using std::chrono::steady_clock;

class BeastServer final : public Server {
public:
    explicit BeastServer(const ServerOptions& options);
    ~BeastServer() override;
    BeastServer(const BeastServer&) = delete;
    BeastServer& operator=(const BeastServer&) = delete;

    domain::Status<std::string> open();
    std::uint16_t port() const override { return listener_.port(); }
    std::size_t connections() const override { return occupancy_->connections(); }
    std::vector<platform::Executor*> executors() override;
    void serve(Front& front) override;
    domain::Status<std::string> reload() override;
    bool stop() override;

private:
    std::vector<IoThread*> thread_list();
    std::shared_ptr<const TlsIdentity> identity();
    void take(tcp::socket socket, IoThread& thread);
    void turn_away(tcp::socket socket, IoThread& thread);
    void announce_end();
    bool drain();

    const ServerOptions options_;
    Front* front_ = nullptr;
    std::shared_ptr<Occupancy> occupancy_;  // shared with the connections
    std::vector<std::unique_ptr<IoThread>> threads_;
    Listener listener_;
    std::mutex identity_mutex_;
    std::shared_ptr<const TlsIdentity> identity_;  // shared with connections; none: plain HTTP
    std::once_flag stopped_;
    bool was_drained_ = false;
};

std::vector<std::unique_ptr<IoThread>> make_threads(unsigned count) {
    std::vector<std::unique_ptr<IoThread>> threads;
    for (unsigned i = 0; i < count; ++i) threads.push_back(std::make_unique<IoThread>());
    return threads;
}

// Runs on the thread and waits for the end.
void run_on_thread(IoThread& thread, const std::function<void()>& work) {
    CHECK(!thread.is_current(), "a server is started and stopped from outside its own threads");
    std::promise<void> done;
    thread.post([&work, &done] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

// One that is out of its time is served all the same: it is better than none, and clients tell.
void tell_validity(const TlsFiles& files, const TlsIdentity& identity) {
    const auto now = platform::SystemClock().now();
    const bool is_valid = identity.valid_from() <= now && now < identity.valid_until();
    platform::log(is_valid ? platform::LogLevel::info : platform::LogLevel::warning,
                  is_valid ? "serving a certificate" : "serving a certificate out of its time",
                  {{"file", files.certificate},
                   {"valid_from", identity.valid_from().text()},
                   {"valid_until", identity.valid_until().text()}});
}

BeastServer::BeastServer(const ServerOptions& options)
    : options_(options),
      occupancy_(std::make_shared<Occupancy>(options.connections_max)),
      threads_(make_threads(options.threads)),
      listener_(thread_list()) {}

BeastServer::~BeastServer() {
    stop();
    for (const auto& thread : threads_) thread->end();  // nothing runs any more when the members go
}

std::vector<IoThread*> BeastServer::thread_list() {
    std::vector<IoThread*> list;
    for (const auto& thread : threads_) list.push_back(thread.get());
    return list;
}

std::vector<platform::Executor*> BeastServer::executors() {
    std::vector<platform::Executor*> list;
    for (const auto& thread : threads_) list.push_back(thread.get());
    return list;
}

domain::Status<std::string> BeastServer::open() {
    auto loaded = reload();
    return loaded.ok() ? listener_.open(options_.host, options_.port) : loaded;
}

domain::Status<std::string> BeastServer::reload() {
    if (!options_.tls) return domain::Done{};
    auto loaded = TlsIdentity::load(*options_.tls);
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    tell_validity(*options_.tls, **loaded);
    const std::lock_guard lock(identity_mutex_);
    identity_ = std::move(loaded).value();
    return domain::Done{};
}

std::shared_ptr<const TlsIdentity> BeastServer::identity() {
    const std::lock_guard lock(identity_mutex_);
    return identity_;
}

void BeastServer::serve(Front& front) {
    CHECK(front_ == nullptr, "a server serves once");
    front_ = &front;
    run_on_thread(*threads_.front(), [this] {
        listener_.accept(
            [this](tcp::socket socket, IoThread& thread) { take(std::move(socket), thread); });
    });
}

void BeastServer::take(tcp::socket socket, IoThread& thread) {
    if (!occupancy_->enter()) {
        turn_away(std::move(socket), thread);
        return;
    }
    const ReaderTimeouts timeouts{.header = options_.header_timeout,
                                  .idle = options_.idle_timeout,
                                  .stall = options_.stall_timeout};
    auto connection = std::make_shared<Connection>(std::move(socket), thread, occupancy_,
                                                   options_.stall_timeout, identity());
    platform::start(serve_connection(std::move(connection), thread, *front_, timeouts),
                    [](domain::Done) {});
}

// One write that fits the socket's buffer, without a session: being full must stay cheap, and a
// handshake is not.
void BeastServer::turn_away(tcp::socket socket, IoThread& thread) {
    if (options_.tls) return;
    const std::string request_id = thread.next_request_id();
    const Response response =
        front_->problem(503, "overloaded", "The server has no connection to spare.", request_id);
    std::string text;
    append_head(text, response,
                {.date = thread.date(), .request_id = request_id, .keep_alive = false},
                ReplyFraming::sized);
    text += response.body;
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(boost::asio::buffer(text), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
}

bool BeastServer::stop() {
    std::call_once(stopped_, [this] { was_drained_ = drain(); });
    return was_drained_;
}

// Who has been told to come here still comes; but nobody stays.
void BeastServer::announce_end() {
    for (const auto& thread : threads_) {
        run_on_thread(*thread, [&thread] { thread->announce_end(); });
    }
    std::promise<void> passed;
    threads_.front()->post_after(options_.drain_delay, [&passed] { passed.set_value(); });
    passed.get_future().wait();
}

// Accepting ends first, then requests in flight end, then idle connections after a grace; what is
// still there at the timeout is cut.
bool BeastServer::drain() {
    if (front_ != nullptr && options_.drain_delay.count() > 0) announce_end();
    run_on_thread(*threads_.front(), [this] { listener_.close(); });
    if (front_ != nullptr) front_->begin_drain();
    for (const auto& thread : threads_) {
        run_on_thread(*thread, [&thread] { thread->begin_drain(); });
    }
    if (occupancy_->wait_until_empty(steady_clock::now() + options_.drain_timeout)) return true;
    platform::log(platform::LogLevel::warning,
                  "connections are cut because the drain took too long");
    for (const auto& thread : threads_) {
        run_on_thread(*thread, [&thread] { thread->cut_all(); });
    }
    if (!occupancy_->wait_until_empty(steady_clock::now() + limits::cut_grace)) {
        platform::log(platform::LogLevel::warning,
                      "requests were still being handled at the end of the drain");
    }
    return false;
}

}  // namespace

domain::Result<std::unique_ptr<Server>, std::string> make_server(const ServerOptions& options) {
    CHECK(options.threads > 0, "a server needs a thread");
    std::signal(SIGPIPE, SIG_IGN);  // a lost peer is an error code, not a signal
    auto server = std::make_unique<BeastServer>(options);
    auto opened = server->open();
    if (!opened) return domain::Fail{std::move(opened).error()};
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace outlay::api
