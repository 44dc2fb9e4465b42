// Listener: one listening socket whose connections are dealt round-robin to the I/O threads. (One
// listener per thread with SO_REUSEPORT would bind a busy port silently and leave cores idle under
// few connections.) Confined to the first thread after open.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/server/io_thread.hpp"
#include "domain/values/result.hpp"

namespace outlay::api {

class Listener {
public:
    // Takes a connection on the thread that it was dealt to.
    using Take = std::function<void(boost::asio::ip::tcp::socket, IoThread&)>;

    explicit Listener(std::vector<IoThread*> threads);

    // Binds and listens; the error says which address and why. Before anything else.
    domain::Status<std::string> open(const std::string& host, std::uint16_t port);
    std::uint16_t port() const { return port_; }
    void accept(Take take);
    void close();

private:
    void accept_next();
    void accepted(const boost::system::error_code& error, boost::asio::ip::tcp::socket socket,
                  IoThread& thread);
    void pause();

    std::vector<IoThread*> threads_;
    std::size_t next_ = 0;
    std::uint16_t port_ = 0;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    Take take_;
};

}  // namespace outlay::api
