// IoThread: one io_context and the one thread that runs it, with everything that its connections
// share: executor, deadlines, the date of answers, request ids. post and post_after from any
// thread, the rest on the thread itself unless it says otherwise.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "platform/clock.hpp"
#include "platform/executor.hpp"
#include "platform/metric_families.hpp"

namespace outlay::api {

// What an I/O thread looks after: a connection.
class Watched {
public:
    virtual ~Watched() = default;
    virtual void check_deadlines(platform::Deadline now) = 0;
    virtual void begin_drain() = 0;  // the server stops: end soon if idle
    virtual void cut() = 0;          // the drain took too long: end now

private:
    friend class IoThread;
    std::size_t slot_ = 0;
};

class IoThread final : public platform::Executor {
public:
    IoThread();
    ~IoThread() override;
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;
    // Ends the thread; work that was not run is dropped with the object. From the owner's thread.
    void end();

    void post(platform::Work work) override;
    void post_after(std::chrono::milliseconds delay, platform::Work work) override;

    boost::asio::io_context& context() { return context_; }
    bool is_current() const { return std::this_thread::get_id() == thread_.get_id(); }

    // The watched object unwatches itself before it dies.
    void watch(Watched& watched);
    void unwatch(Watched& watched);
    // The server will stop: from now on answers end their connections.
    void announce_end() { ends_soon_ = true; }
    bool ends_soon() const { return ends_soon_; }
    void begin_drain();
    void cut_all();
    bool draining() const { return draining_; }

    std::string_view date() const { return date_; }  // "Sat, 21 Nov 2026 09:24:54 GMT"
    std::string next_request_id();

private:
    void run_posted();
    void tick();
    void refresh_date();

    std::vector<Watched*> watched_;       // before the context, whose end may end connections
    boost::asio::io_context context_{1};  // concurrency hint: one thread
    std::mutex posted_mutex_;
    std::vector<platform::Work> posted_;  // after the context, which what it holds may need
    boost::asio::steady_timer ticker_{context_};
    bool ends_soon_ = false;
    metrics::Histogram& delay_ = metrics::histogram(metrics::event_loop_delay);
    bool draining_ = false;
    std::string date_;
    std::int64_t date_second_ = -1;
    std::uint64_t request_id_space_;
    std::uint64_t request_id_count_ = 0;
    std::thread thread_;
};

}  // namespace outlay::api
