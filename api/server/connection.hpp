// Connection: one client's socket, with what has arrived and not been read, what is to be sent and
// has not been, and the deadlines of both. Receiving and sending go on at the same time. Under TLS
// all but the socket deals with plain bytes. Confined to its I/O thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "api/server/io_thread.hpp"
#include "api/server/occupancy.hpp"
#include "api/server/patience.hpp"
#include "api/server/tls.hpp"
#include "domain/values/result.hpp"
#include "platform/task.hpp"

namespace outlay::api {

enum class Receipt { data, end, timeout, failed };

struct ReceiveOptions {
    std::size_t bytes_max = 0;
    platform::Deadline by;
    bool idle = false;  // between requests: a draining server may end the wait
};

// Shared by the session that uses it and by the socket operations under way, which end after the
// session may have lost interest; the last of them closes it.
class Connection final : public Watched, public std::enable_shared_from_this<Connection> {
public:
    // `occupancy` has been entered for this connection, which leaves it. Without an identity it is
    // a plain one.
    Connection(boost::asio::ip::tcp::socket socket, IoThread& thread,
               std::shared_ptr<Occupancy> occupancy, std::chrono::milliseconds stall_timeout,
               std::shared_ptr<const TlsIdentity> identity);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    const std::string& peer() const { return peer_; }

    // What has arrived; the reader consumes it.
    boost::beast::flat_buffer& input() { return input_; }
    std::string_view input_text() const;
    // Waits until more has arrived. One at a time.
    platform::Task<Receipt> receive(ReceiveOptions options);

    // What is appended here goes out with the next flush.
    std::string& output() { return output_; }
    void flush();
    // Flushes as soon as the work at hand gives way.
    void flush_soon();
    std::size_t unsent() const { return output_.size() + sending_.size() - sent_; }
    // The peer takes nothing any more; what is unsent has been dropped.
    bool broken() const { return broken_; }

    // Awaitable: if more than `bytes_max` are unsent, flushes and suspends until they are not;
    // false if broken. One at a time.
    class Room {
    public:
        Room(Connection& connection, std::size_t bytes_max)
            : connection_(connection), bytes_max_(bytes_max) {}
        bool await_ready();
        void await_suspend(std::coroutine_handle<> waiting);
        bool await_resume() const { return !connection_.broken_; }

    private:
        Connection& connection_;
        std::size_t bytes_max_;
    };
    Room room(std::size_t bytes_max) { return {*this, bytes_max}; }

    // Gives back memory that a large request or answer has left.
    void shrink();
    // Lets the peer read the last answer before a reset could throw it away: half-closes, then
    // reads for a while.
    platform::Task<domain::Done> linger();
    void close();
    void reset();  // closes so that the peer sees an error

    void check_deadlines(platform::Deadline now) override;
    void begin_drain() override;
    void cut() override { close(); }

private:
    Receipt received(const boost::system::error_code& error, std::size_t bytes);
    void seal_output();
    void say_goodbye();
    void send_rest();
    void sent(const boost::system::error_code& error, std::size_t bytes);
    void wake_if_room();

    boost::asio::ip::tcp::socket socket_;
    IoThread& thread_;
    std::shared_ptr<Occupancy>
        occupancy_;  // shared with the server; connections may outlive its drain
    std::string peer_;
    std::unique_ptr<TlsLayer> tls_;  // none: plain

    boost::beast::flat_buffer input_;
    boost::beast::flat_buffer sealed_input_;  // under TLS, while it is read
    platform::Deadline read_by_ = platform::Deadline::max();
    bool read_expired_ = false;
    bool idle_ = false;

    std::string output_;
    std::string sending_;
    std::size_t sent_ = 0;
    bool sending_now_ = false;
    bool flush_posted_ = false;
    bool broken_ = false;
    Patience patience_;
    platform::Deadline write_by_ = platform::Deadline::max();
    std::coroutine_handle<> waiting_for_room_;
    std::size_t room_bytes_max_ = 0;
};

}  // namespace outlay::api
