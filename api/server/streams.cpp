// Bodies piece by piece, with backpressure.
#include "api/server/streams.hpp"

#include <array>
#include <charconv>
#include <coroutine>

#include "api/server/limits.hpp"
#include "domain/values/check.hpp"

namespace outlay::api {

namespace {

// Lets everything else that the thread has to do go first. It also cuts the chain of nested
// resumptions, which an unoptimised build keeps on the stack.
struct GiveWay {
    platform::Executor& executor;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        executor.post([waiting] { waiting.resume(); });
    }
    void await_resume() const noexcept {}
};

void append_chunk(std::string& out, std::string_view piece) {
    std::array<char, 16> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16).ptr;
    out.append(digits.data(), end).append("\r\n").append(piece).append("\r\n");
}

}  // namespace

platform::Task<RequestReader::Piece> RequestStream::read() {
    CHECK(!reading_, "two readers of one request body");
    if (reader_ == nullptr) co_return domain::Fail{BodyError::truncated};
    reading_ = true;
    platform::Task<RequestReader::Piece> reading = reader_->read_piece();
    RequestReader::Piece piece = co_await reading;
    reading_ = false;
    co_return piece;
}

void RequestStream::detach() {
    CHECK(!reading_, "a handler ended while it was reading the request body");
    reader_ = nullptr;
}

platform::Task<bool> ResponseStream::write(std::string piece) {
    if (connection_.broken()) co_return false;
    if (piece.empty()) co_return true;  // an empty chunk would end the body
    bytes_ += piece.size();
    if (framing_ == ReplyFraming::chunked) {
        append_chunk(connection_.output(), piece);
    } else {
        connection_.output() += piece;
    }
    connection_.flush();
    if (++pieces_in_a_row_ >= limits::pieces_in_a_row_max) {
        pieces_in_a_row_ = 0;
        GiveWay turn{executor_};
        co_await turn;
    }
    Connection::Room room = connection_.room(unsent_bytes_max_);
    const bool alive = co_await room;
    co_return alive;
}

void ResponseStream::finish() {
    if (framing_ == ReplyFraming::chunked) connection_.output() += "0\r\n\r\n";
}

}  // namespace outlay::api
