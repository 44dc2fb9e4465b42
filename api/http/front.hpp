// Front: what the server asks of the API about each request, in two steps, so that a bad request is
// refused before its body is read. Called on the connection's I/O thread.
#pragma once

#include <cstddef>
#include <variant>

#include "api/http/exchange.hpp"
#include "api/http/message.hpp"

namespace outlay::api {

enum class BodyMode { none, buffered, stream };

struct Admitted {
    BodyMode body = BodyMode::none;
    std::size_t body_bytes_max = 0;
    bool body_required = false;
    std::shared_ptr<void>
        route_state{};  // what `admit` found out (route, principal), handed back to `handle`
};

class Front {
public:
    virtual ~Front() = default;
    // Route, media type, authentication. A Response ends the request; the body is not read.
    virtual platform::Task<std::variant<Admitted, Response>> admit(
        const RequestHead& head, platform::Executor& executor) = 0;
    virtual platform::Task<Response> handle(Request request, std::shared_ptr<void> route_state) = 0;
    // A request has arrived, or what was to be one; its answer went out, or was cut.
    virtual void began(const Exchange&) {}
    virtual void ended(const Exchange&) {}
    // The server stops: answers that would last have to end by themselves now. From the thread that
    // stops it.
    virtual void begin_drain() {}
    // The problem document for what the server itself refuses (framing, size, timeouts): code and
    // detail.
    virtual Response problem(int status, std::string_view code, std::string_view detail,
                             const std::string& request_id) = 0;
};

}  // namespace outlay::api
