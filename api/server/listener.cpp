// Accepts connections and deals them out.
#include "api/server/listener.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>
#include <cerrno>
#include <utility>

#include "api/server/limits.hpp"
#include "platform/log.hpp"

namespace outlay::api {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

error_code listen_on(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        error_code ignored;
        acceptor.close(ignored);
    }
    return error;
}

}  // namespace

Listener::Listener(std::vector<IoThread*> threads)
    : threads_(std::move(threads)),
      acceptor_(threads_.front()->context()),
      pause_(threads_.front()->context()) {}

domain::Status<std::string> Listener::open(const std::string& host, std::uint16_t port) {
    error_code error;
    tcp::resolver resolver(threads_.front()->context());
    const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
    for (const auto& candidate : found) {
        error = listen_on(acceptor_, candidate.endpoint());
        if (!error) break;
    }
    if (error) {
        return domain::Fail{"cannot listen on " + host + ":" + std::to_string(port) + ": " +
                            error.message()};
    }
    port_ = acceptor_.local_endpoint().port();
    return domain::Done{};
}

void Listener::accept(Take take) {
    take_ = std::move(take);
    accept_next();
}

void Listener::accept_next() {
    IoThread& thread = *threads_[next_++ % threads_.size()];
    acceptor_.async_accept(thread.context(),
                           [this, &thread](const error_code& error, tcp::socket socket) {
                               accepted(error, std::move(socket), thread);
                           });
}

void Listener::accepted(const error_code& error, tcp::socket socket, IoThread& thread) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (error == asio::error::no_descriptors || error == asio::error::no_memory ||
        error == asio::error::no_buffer_space || error.value() == ENFILE) {
        platform::log(platform::LogLevel::warning, "accepting connections pauses",
                      {{"cause", error.message()}});
        pause();
        return;
    }
    if (!error) {
        asio::post(thread.context(), [this, &thread, socket = std::move(socket)]() mutable {
            take_(std::move(socket), thread);
        });
    }
    accept_next();  // other errors concern the one connection that was lost
}

void Listener::pause() {
    pause_.expires_after(limits::accept_pause);
    pause_.async_wait([this](const error_code& error) {
        if (!error && acceptor_.is_open()) accept_next();
    });
}

void Listener::close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

}  // namespace outlay::api
