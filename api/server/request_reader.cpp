// Reads requests off one connection.
#include "api/server/request_reader.hpp"

#include <utility>

#include "api/server/limits.hpp"
#include "api/server/target.hpp"

namespace outlay::api {

using std::chrono::steady_clock;

platform::Task<RequestReader::Arrival> RequestReader::read_head() {
    begin_request();
    const platform::Deadline since = steady_clock::now();
    const platform::Deadline idle_by = since + (is_first_ ? timeouts_.header : timeouts_.idle);
    std::optional<platform::Deadline>
        head_by;  // runs from the first byte, however slowly more come
    is_first_ = false;
    for (;;) {
        const HeadScan::Progress progress = scan_.advance(connection_.input_text());
        if (progress == HeadScan::Progress::complete) co_return parse_head();
        if (progress == HeadScan::Progress::refused) co_return refuse(scan_.refusal());
        const bool idle = connection_.input().size() == 0;
        if (idle) connection_.shrink();
        if (!idle && !head_by) head_by = steady_clock::now() + timeouts_.header;
        connection_.flush();
        const ReceiveOptions options{
            .bytes_max = limits::head_read_bytes, .by = head_by.value_or(idle_by), .idle = idle};
        platform::Task<Receipt> receiving = connection_.receive(options);
        const Receipt receipt = co_await receiving;
        if (receipt == Receipt::data) continue;
        if (receipt != Receipt::timeout || idle) co_return Arrival::gone;
        co_return refuse(
            {408, "request_timeout", "The head of the request did not arrive in time."});
    }
}

void RequestReader::begin_request() {
    scan_ = HeadScan();
    parser_.emplace();
    head_ = RequestHead();
    framing_ = Framing();
    is_asterisk_ = false;
    keep_alive_ = false;
    body_begun_ = false;
    body_error_.reset();
    patience_ = Patience(timeouts_.stall);
    request_id_ = thread_.next_request_id();
}

RequestReader::Arrival RequestReader::parse_head() {
    const auto bytes = connection_.input_text().substr(scan_.begin(), scan_.end() - scan_.begin());
    if (!parser_->parse_head(bytes))
        return refuse(malformed("The head of the request is malformed."));
    connection_.input().consume(scan_.end());
    const std::optional<Method> method = method_of(parser_->method);
    if (!method) return refuse({501, "not_implemented_method", "The method is unknown here."});
    if (const auto refusal = judge_framing(parser_->headers, is_http_1_0(), framing_)) {
        return refuse(*refusal);
    }
    auto target = parse_target(parser_->target);
    if (!target) return refuse(target.error());
    if (target->is_asterisk && *method != Method::options) {
        return refuse(malformed("Only OPTIONS has the target *."));
    }
    if (target->authority) parser_->headers.set("Host", *target->authority);
    keep_alive_ = parser_->keep_alive();
    is_asterisk_ = target->is_asterisk;
    head_.method = *method;
    head_.target = std::move(parser_->target);
    head_.path = std::move(target->path);
    head_.query = std::move(target->query);
    head_.headers = std::move(parser_->headers);
    head_.request_id = request_id_;
    head_.peer = connection_.peer();
    return Arrival::request;
}

RequestReader::Arrival RequestReader::refuse(Refusal refusal) {
    refusal_ = refusal;
    return Arrival::refused;
}

platform::Task<RequestReader::Piece> RequestReader::read_piece() {
    while (!body_error_) {
        if (connection_.input().size() > 0 && !is_complete()) body_error_ = decode();
        if (!parser_->piece().empty()) {
            co_return std::optional<std::string>(std::exchange(parser_->piece(), {}));
        }
        if (is_complete()) co_return std::optional<std::string>();
        if (body_error_) break;
        platform::Task<std::optional<BodyError>> receiving = receive_body();
        body_error_ = co_await receiving;
    }
    co_return domain::Fail{*body_error_};
}

std::optional<BodyError> RequestReader::decode() {
    std::size_t used = 0;
    const RequestParser::Feed fed = parser_->feed(connection_.input_text(), used);
    connection_.input().consume(used);
    if (used > 0) body_begun_ = true;
    switch (fed) {
        case RequestParser::Feed::more:
            break;
        case RequestParser::Feed::done:
            return std::nullopt;
        case RequestParser::Feed::malformed:
            return BodyError::malformed;
        case RequestParser::Feed::too_large:
            return BodyError::too_large;
    }
    // A chunk line or trailer that never ends.
    if (connection_.input().size() > limits::unframed_bytes_max) return BodyError::malformed;
    return std::nullopt;
}

platform::Task<std::optional<BodyError>> RequestReader::receive_body() {
    if (owes_continue()) send_continue();
    const ReceiveOptions options{.bytes_max = limits::body_read_bytes,
                                 .by = patience_.wait_from(steady_clock::now())};
    const std::size_t before = connection_.input().size();
    platform::Task<Receipt> receiving = connection_.receive(options);
    const Receipt receipt = co_await receiving;
    patience_.moved(connection_.input().size() - before, steady_clock::now());
    switch (receipt) {
        case Receipt::data:
            co_return std::nullopt;
        case Receipt::timeout:
            co_return BodyError::timeout;
        case Receipt::end:
        case Receipt::failed:
            co_return BodyError::truncated;
    }
    co_return BodyError::truncated;
}

bool RequestReader::owes_continue() const {
    return framing_.expects_continue && !body_begun_ && connection_.input().size() == 0;
}

void RequestReader::send_continue() {
    framing_.expects_continue = false;
    connection_.output() += "HTTP/1.1 100 Continue\r\n\r\n";
    connection_.flush();
}

std::optional<std::uint64_t> RequestReader::body_bytes_left() const {
    if (is_complete()) return 0;
    if (framing_.is_chunked) return std::nullopt;
    return framing_.content_length.value_or(0) - parser_->body_bytes();
}

platform::Task<bool> RequestReader::discard_rest() {
    parser_->piece().clear();
    parser_->discard_body();
    parser_->limit_body(parser_->body_bytes() + limits::drain_bytes_max);
    while (!body_error_ && !is_complete()) {
        if (connection_.input().size() > 0) body_error_ = decode();
        if (body_error_ || is_complete()) break;
        platform::Task<std::optional<BodyError>> receiving = receive_body();
        body_error_ = co_await receiving;
    }
    co_return is_complete();
}

}  // namespace outlay::api
