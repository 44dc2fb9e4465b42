// Exchange: one request and its answer as those see it who look after the service. The session and
// the Front fill it in; metrics, access log and traces are made of it when it has ended. A value;
// confined to the connection's I/O thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/message.hpp"

namespace outlay::api {

struct Exchange {
    std::chrono::steady_clock::time_point begun{};
    std::optional<Method> method{};  // none: the request could not be read
    // Of the route; "" : there is none. In static storage.
    std::string_view route{};
    std::string_view operation{};
    std::string workspace{};  // that the path names, if it is well-formed
    std::string request_id{};
    std::string trace{};   // traceparent of the request's own span; "" : the route is not known
    std::string parent{};  // that the client sent, if it is valid
    int status = 0;
    std::uint64_t body_bytes = 0;  // of the answer
    std::string problem{};         // code of the problem that was answered
    bool is_whole = true;          // the answer was not cut
};

}  // namespace outlay::api
