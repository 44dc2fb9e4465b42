// The life of a connection: requests in, answers out.
#include "api/server/session.hpp"

#include <utility>
#include <variant>

#include "api/server/limits.hpp"
#include "domain/values/check.hpp"

namespace outlay::api {

namespace {

Refusal refusal_of(BodyError error) {
    switch (error) {
        case BodyError::too_large:
            return {413, "payload_too_large", "The body is larger than this route takes."};
        case BodyError::truncated:
            return malformed("The body ended before its announced end.");
        case BodyError::timeout:
            return {408, "request_timeout", "The body did not arrive in time."};
        case BodyError::malformed:
            return malformed("The chunked body is malformed.");
    }
    CHECK(false, "a body error outside its enumeration");
    return {};
}

Response allowed_methods() {
    Response response;
    response.status = 204;
    response.headers.add("Allow", "GET, HEAD, POST, PATCH, DELETE, OPTIONS");
    return response;
}

}  // namespace

platform::Task<domain::Done> serve_connection(std::shared_ptr<Connection> connection,
                                              IoThread& thread, Front& front,
                                              ReaderTimeouts timeouts) {
    Session session(std::move(connection), thread, front, timeouts);
    platform::Task<domain::Done> running = session.run();
    co_await running;
    co_return domain::Done{};
}

platform::Task<domain::Done> Session::run() {
    bool goes_on = true;
    while (goes_on) {
        platform::Task<RequestReader::Arrival> arriving = reader_.read_head();
        const RequestReader::Arrival arrival = co_await arriving;
        if (arrival == RequestReader::Arrival::gone) break;
        refused_ = arrival == RequestReader::Arrival::refused;
        begin_exchange();
        platform::Task<bool> serving = refused_                ? send(refusal(reader_.refusal()))
                                       : reader_.is_asterisk() ? send(allowed_methods())
                                                               : serve_request();
        goes_on = co_await serving;
        lingers_ = !goes_on;
    }
    platform::Task<domain::Done> ending = end();
    co_await ending;
    co_return domain::Done{};
}

platform::Task<bool> Session::serve_request() {
    platform::Task<std::variant<Admitted, Response>> admitting =
        front_.admit(reader_.head(), thread_);
    std::variant<Admitted, Response> verdict = co_await admitting;
    CHECK(thread_.is_current(), "admit came back on another thread");
    if (auto* response = std::get_if<Response>(&verdict)) {
        platform::Task<bool> sending = send(std::move(*response));
        const bool goes_on = co_await sending;
        co_return goes_on;
    }
    platform::Task<Response> answering = answer(std::get<Admitted>(std::move(verdict)));
    Response response = co_await answering;
    platform::Task<bool> sending = send(std::move(response));
    const bool goes_on = co_await sending;
    co_return goes_on;
}

platform::Task<Response> Session::answer(Admitted admitted) {
    const Framing& framing = reader_.framing();
    if (admitted.body_required && !framing.has_body()) {
        co_return refusal({400, "body_required", "This route needs a request body."});
    }
    if (admitted.body != BodyMode::none &&
        framing.content_length.value_or(0) > admitted.body_bytes_max) {
        refused_ = true;
        co_return refusal(refusal_of(BodyError::too_large));
    }
    Request request{
        .head = std::move(reader_.head()), .body = {}, .stream = nullptr, .executor = &thread_};
    if (admitted.body != BodyMode::none) reader_.limit_body(admitted.body_bytes_max);
    if (admitted.body == BodyMode::buffered) {
        platform::Task<std::optional<BodyError>> reading = read_body(&request.body);
        const std::optional<BodyError> error = co_await reading;
        if (error) {
            refused_ = true;
            co_return refusal(refusal_of(*error));
        }
    } else if (admitted.body == BodyMode::stream) {
        request_stream_ = std::make_shared<RequestStream>(reader_);
        request.stream = request_stream_;
    }
    platform::Task<Response> handling =
        front_.handle(std::move(request), std::move(admitted.route_state));
    Response response = co_await handling;
    CHECK(thread_.is_current(), "a handler came back on another thread");
    co_return response;
}

platform::Task<std::optional<BodyError>> Session::read_body(std::string* body) {
    for (;;) {
        platform::Task<RequestReader::Piece> reading = reader_.read_piece();
        RequestReader::Piece piece = co_await reading;
        if (!piece) co_return piece.error();
        if (!*piece) co_return std::nullopt;
        if (body->empty()) {
            *body = std::move(**piece);
        } else {
            body->append(**piece);
        }
    }
}

platform::Task<bool> Session::send(Response response) {
    const ReplyFraming framing = framing_of(response, reader_.is_http_1_0());
    const bool streams =
        response.producer && framing != ReplyFraming::none && !reader_.is_head_request();
    const bool keeps = keeps_connection(streams && request_stream_ != nullptr) &&
                       framing != ReplyFraming::until_close;
    // Once the answer has begun it is too late to ask for the body that its producer wants to read.
    if (streams && request_stream_ && reader_.owes_continue()) reader_.send_continue();
    const ReplyFacts facts{.date = thread_.date(),
                           .request_id = reader_.request_id(),
                           .keep_alive = keeps,
                           .is_http_1_0 = reader_.is_http_1_0()};
    append_head(connection_->output(), response, facts, framing);
    exchange_.status = response.status;
    exchange_.problem = std::move(response.problem);
    if (streams) {
        platform::Task<bool> producing = produce(std::move(response), framing);
        const bool is_whole = co_await producing;
        is_cut_ = !is_whole;
        exchange_.is_whole = is_whole;
    } else if (framing == ReplyFraming::sized && !reader_.is_head_request()) {
        connection_->output() += response.body;
        exchange_.body_bytes = response.body.size();
    }
    front_.ended(exchange_);
    if (request_stream_) request_stream_->detach();
    request_stream_.reset();
    if (!keeps || is_cut_ || connection_->broken()) co_return false;
    platform::Task<bool> leaving = leave_ready();
    const bool is_ready = co_await leaving;
    co_return is_ready;
}

platform::Task<bool> Session::produce(Response response, ReplyFraming framing) {
    const auto unsent_max =
        response.unsent_bytes_max > 0 ? response.unsent_bytes_max : limits::unsent_bytes_max;
    ResponseStream stream(*connection_, thread_, framing, unsent_max);
    connection_->flush();
    platform::Task<bool> producing = response.producer(stream);
    const bool is_complete = co_await producing;
    exchange_.body_bytes = stream.bytes();
    CHECK(thread_.is_current(), "a producer came back on another thread");
    if (is_complete) stream.finish();
    co_return is_complete;
}

// Before the next request: what is left of the last one goes, and a peer that sends requests
// without reading answers has to wait.
platform::Task<bool> Session::leave_ready() {
    if (connection_->input().size() == 0) {
        connection_->flush();
        held_back_replies_ = 0;
    } else {
        connection_->flush_soon();
        ++held_back_replies_;
    }
    if (!reader_.is_complete()) {
        platform::Task<bool> discarding = reader_.discard_rest();
        const bool is_clear = co_await discarding;
        if (!is_clear) co_return false;
    }
    if (held_back_replies_ >= limits::held_back_replies_max) {
        held_back_replies_ = 0;
        Connection::Room all_sent = connection_->room(0);
        co_await all_sent;
    }
    Connection::Room room = connection_->room(limits::held_back_bytes_max);
    const bool is_alive = co_await room;
    co_return is_alive;
}

platform::Task<domain::Done> Session::end() {
    Connection::Room all_sent = connection_->room(0);
    const bool is_alive = co_await all_sent;
    if (is_cut_) {
        connection_->reset();
    } else if (is_alive && lingers_) {
        platform::Task<domain::Done> lingering = connection_->linger();
        co_await lingering;
    }
    connection_->close();
    co_return domain::Done{};
}

void Session::begin_exchange() {
    exchange_ = {};
    exchange_.begun = std::chrono::steady_clock::now();
    exchange_.request_id = reader_.request_id();
    if (!refused_) {
        exchange_.method = reader_.head().method;
        reader_.head().exchange = &exchange_;
    }
    front_.began(exchange_);
}

Response Session::refusal(const Refusal& reason) {
    return front_.problem(reason.status, reason.code, reason.detail, reader_.request_id());
}

bool Session::keeps_connection(bool answers_while_reading) const {
    if (refused_ || !reader_.keep_alive() || thread_.ends_soon()) return false;
    if (reader_.is_complete() || answers_while_reading) return true;
    if (reader_.owes_continue())
        return false;  // the body may come or not: what follows cannot be told
    return reader_.body_bytes_left().value_or(0) <= limits::drain_bytes_max;
}

}  // namespace outlay::api
