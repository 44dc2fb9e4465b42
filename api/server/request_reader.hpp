// RequestReader: reads the requests of one connection, one after the other: head through scan,
// parser and the strict rules, then the body piece by piece. Knows nothing of answers. Confined to
// its I/O thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "api/http/message.hpp"
#include "api/server/connection.hpp"
#include "api/server/framing.hpp"
#include "api/server/head_scan.hpp"
#include "api/server/refusal.hpp"
#include "api/server/request_parser.hpp"

namespace outlay::api {

struct ReaderTimeouts {
    std::chrono::milliseconds header;
    std::chrono::milliseconds idle;
    std::chrono::milliseconds stall;
};

class RequestReader {
public:
    using Piece = domain::Result<std::optional<std::string>, BodyError>;
    enum class Arrival { request, refused, gone };

    RequestReader(Connection& connection, IoThread& thread, ReaderTimeouts timeouts)
        : connection_(connection),
          thread_(thread),
          timeouts_(timeouts),
          patience_(timeouts.stall) {}

    // Waits for the next request's head; the connection's output is flushed before it waits.
    platform::Task<Arrival> read_head();
    const Refusal& refusal() const { return refusal_; }

    // Of the request that has arrived. The head may be moved out.
    RequestHead& head() { return head_; }
    const std::string& request_id() const { return request_id_; }
    bool is_head_request() const { return scan_.is_head_request(); }
    bool is_asterisk() const { return is_asterisk_; }
    bool is_http_1_0() const { return parser_->is_http_1_0; }
    bool keep_alive() const { return keep_alive_; }
    const Framing& framing() const { return framing_; }

    // The next decoded piece of the body, or none at its end. After an error nothing more can be
    // read.
    platform::Task<Piece> read_piece();
    void limit_body(std::size_t bytes_max) { parser_->limit_body(bytes_max); }
    // The client waits for "100 Continue" before it sends its body; asking for a piece sends it.
    bool owes_continue() const;
    void send_continue();
    // The body was read to its end (or there is none).
    bool is_complete() const { return parser_ && parser_->is_done(); }
    // Throws away what is left of the body. False: it is too much or does not come.
    platform::Task<bool> discard_rest();
    // At least so much of the body is still to come; none if that is not known (chunked).
    std::optional<std::uint64_t> body_bytes_left() const;

private:
    void begin_request();
    Arrival parse_head();
    Arrival refuse(Refusal refusal);
    platform::Task<std::optional<BodyError>> receive_body();
    std::optional<BodyError> decode();

    Connection& connection_;
    IoThread& thread_;
    const ReaderTimeouts timeouts_;

    bool is_first_ = true;
    HeadScan scan_;
    std::optional<RequestParser> parser_;
    Refusal refusal_;
    RequestHead head_;
    std::string request_id_;
    Framing framing_;
    bool is_asterisk_ = false;
    bool keep_alive_ = false;
    bool body_begun_ = false;
    std::optional<BodyError> body_error_;
    Patience patience_;
};

}  // namespace outlay::api
