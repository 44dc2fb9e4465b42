// One client's socket: receiving, sending, and their deadlines.
#include "api/server/connection.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>
#include <utility>

#include "api/server/limits.hpp"
#include "domain/values/check.hpp"

namespace outlay::api {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

// Awaits one read. The handler runs later and on the I/O thread, never inside await_suspend.
struct ReadSome {
    asio::ip::tcp::socket& socket;
    asio::mutable_buffer buffer;
    error_code error;
    std::size_t bytes = 0;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        socket.async_read_some(buffer,
                               [this, waiting](const error_code& result, std::size_t count) {
                                   error = result;
                                   bytes = count;
                                   waiting.resume();
                               });
    }
    void await_resume() const noexcept {}
};

std::string_view text_in(const boost::beast::flat_buffer& buffer) {
    const auto bytes = buffer.data();
    return {static_cast<const char*>(bytes.data()), bytes.size()};
}

std::string address_of_peer(const asio::ip::tcp::socket& socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    return error ? std::string() : endpoint.address().to_string();
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, IoThread& thread,
                       std::shared_ptr<Occupancy> occupancy,
                       std::chrono::milliseconds stall_timeout,
                       std::shared_ptr<const TlsIdentity> identity)
    : socket_(std::move(socket)),
      thread_(thread),
      occupancy_(std::move(occupancy)),
      peer_(address_of_peer(socket_)),
      tls_(identity ? std::make_unique<TlsLayer>(std::move(identity)) : nullptr),
      patience_(stall_timeout) {
    error_code ignored;  // the peer may be gone already; the first read will say so
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    thread_.watch(*this);
}

Connection::~Connection() {
    thread_.unwatch(*this);
    close();
    occupancy_->leave();
}

std::string_view Connection::input_text() const {
    return text_in(input_);
}

platform::Task<Receipt> Connection::receive(ReceiveOptions options) {
    if (tls_ && tls_->progress() != TlsLayer::Progress::open) co_return Receipt::end;
    read_by_ = options.by;
    read_expired_ = false;
    idle_ = options.idle;
    if (thread_.draining()) begin_drain();
    const std::size_t before = input_.size();
    Receipt receipt = Receipt::data;
    // Bytes of a handshake, or of a record that is not whole yet, are no news.
    while (receipt == Receipt::data && input_.size() == before) {
        auto& into = tls_ ? sealed_input_ : input_;
        ReadSome read{socket_, into.prepare(options.bytes_max), {}, 0};
        co_await read;
        into.commit(read.bytes);
        receipt = received(read.error, read.bytes);
    }
    read_by_ = platform::Deadline::max();
    idle_ = false;
    co_return receipt;
}

Receipt Connection::received(const error_code& error, std::size_t bytes) {
    if (bytes == 0) {
        if (error == asio::error::eof) return Receipt::end;
        return read_expired_ ? Receipt::timeout : Receipt::failed;
    }
    if (!tls_) return Receipt::data;
    const std::size_t before = input_.size();
    const auto progress = tls_->take(text_in(sealed_input_), input_);
    sealed_input_.consume(bytes);
    if (!tls_->output().empty()) flush();
    if (input_.size() > before) return Receipt::data;
    switch (progress) {
        case TlsLayer::Progress::open:
            // The deadline may have passed together with the arrival.
            return read_expired_ ? Receipt::timeout : Receipt::data;
        case TlsLayer::Progress::ended:
            return Receipt::end;
        case TlsLayer::Progress::failed:
            return Receipt::failed;
    }
    CHECK(false, "a progress outside its enumeration");
    return Receipt::failed;
}

void Connection::flush() {
    if (sending_now_) return;
    if (tls_) seal_output();
    if (broken_) {
        output_.clear();
        return;
    }
    if (!tls_) sending_.swap(output_);
    if (!sending_.empty()) send_rest();
}

void Connection::seal_output() {
    if (!output_.empty() && !tls_->seal(output_)) broken_ = true;
    output_.clear();
    sending_.swap(tls_->output());
}

void Connection::flush_soon() {
    if (flush_posted_) return;
    flush_posted_ = true;
    asio::post(thread_.context(), [self = shared_from_this()] {
        self->flush_posted_ = false;
        self->flush();
    });
}

void Connection::send_rest() {
    sending_now_ = true;
    write_by_ = patience_.wait_from(steady_clock::now());
    socket_.async_write_some(
        asio::buffer(sending_.data() + sent_, sending_.size() - sent_),
        [self = shared_from_this()](const error_code& error, std::size_t bytes) {
            self->sent(error, bytes);
        });
}

void Connection::sent(const error_code& error, std::size_t bytes) {
    patience_.moved(bytes, steady_clock::now());
    write_by_ = platform::Deadline::max();
    sent_ += bytes;
    // An expired read cancels every operation of the socket; the write just goes on.
    const bool cancelled_for_reader = error == asio::error::operation_aborted && socket_.is_open();
    if (error && !cancelled_for_reader) {
        broken_ = true;
        sent_ = sending_.size();
        output_.clear();
    }
    if (sent_ < sending_.size()) {
        send_rest();
    } else {
        sending_.clear();
        sent_ = 0;
        sending_now_ = false;
        flush();
    }
    wake_if_room();
}

void Connection::wake_if_room() {
    if (!waiting_for_room_ || (!broken_ && unsent() > room_bytes_max_)) return;
    std::exchange(waiting_for_room_, {}).resume();
}

bool Connection::Room::await_ready() {
    const auto has_room = [this] {
        return connection_.broken_ || connection_.unsent() <= bytes_max_;
    };
    if (!has_room()) connection_.flush();
    return has_room();
}

void Connection::Room::await_suspend(std::coroutine_handle<> waiting) {
    CHECK(!connection_.waiting_for_room_, "two waiters for one connection's output");
    connection_.waiting_for_room_ = waiting;
    connection_.room_bytes_max_ = bytes_max_;
}

void Connection::shrink() {
    if (input_.size() == 0 && input_.capacity() > limits::idle_buffer_bytes_max) {
        input_.shrink_to_fit();
    }
    if (sealed_input_.capacity() > limits::idle_buffer_bytes_max) sealed_input_.shrink_to_fit();
    for (std::string* text : {&output_, &sending_}) {
        if (text->empty() && text->capacity() > limits::idle_buffer_bytes_max)
            text->shrink_to_fit();
    }
}

platform::Task<domain::Done> Connection::linger() {
    const platform::Deadline by = steady_clock::now() + limits::linger_time;
    error_code ignored;
    say_goodbye();
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    Receipt receipt = Receipt::data;
    std::size_t discarded = 0;
    while (receipt == Receipt::data && discarded < limits::linger_bytes_max) {
        discarded += input_.size();
        input_.consume(input_.size());
        const ReceiveOptions options{.bytes_max = limits::body_read_bytes, .by = by, .idle = true};
        platform::Task<Receipt> receiving = receive(options);
        receipt = co_await receiving;
    }
    co_return domain::Done{};
}

// So that the peer knows that nothing was cut off. It fits the socket's buffer, or does not matter:
// whoever takes nothing does not hear it.
void Connection::say_goodbye() {
    if (!tls_ || broken_ || sending_now_ || !socket_.is_open()) return;
    tls_->say_goodbye();
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.write_some(asio::buffer(tls_->output()), ignored);
    tls_->output().clear();
}

void Connection::close() {
    say_goodbye();
    error_code ignored;  // it is closed whatever the system says
    socket_.close(ignored);
}

void Connection::reset() {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

void Connection::check_deadlines(platform::Deadline now) {
    error_code ignored;
    if (write_by_ <= now) {
        socket_.close(ignored);  // a peer that takes nothing needs no goodbye
    } else if (read_by_ <= now) {
        read_expired_ = true;
        read_by_ = platform::Deadline::max();
        socket_.cancel(ignored);
    }
}

void Connection::begin_drain() {
    if (idle_) read_by_ = std::min(read_by_, steady_clock::now() + limits::drain_grace);
}

}  // namespace outlay::api
