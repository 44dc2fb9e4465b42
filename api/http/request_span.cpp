// Names and attributes by OpenTelemetry's conventions for HTTP. The path itself is not told: what
// clients put there may be a secret (a token that unsubscribes).
#include "api/http/request_span.hpp"

#include "platform/clock.hpp"
#include "platform/trace.hpp"

namespace outlay::api {

void trace_request(const Exchange& exchange) {
    if (!platform::is_traced(exchange.trace)) return;
    constexpr int server_error = 500;
    const std::string method(exchange.method ? method_name(*exchange.method) : "_OTHER");
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - exchange.begun);
    platform::Span span{exchange.trace, exchange.parent,
                        method + " " + std::string(exchange.route)};
    span.ended_at = platform::SystemClock().now().micros;
    span.begun_at = span.ended_at - took.count();
    span.attributes = {{"http.request.method", method},
                       {"http.route", std::string(exchange.route)},
                       {"http.response.status_code", std::int64_t{exchange.status}},
                       {"url.scheme", "http"},
                       {"outlay.request_id", exchange.request_id}};
    if (!exchange.workspace.empty())
        span.attributes.push_back({"outlay.workspace", exchange.workspace});
    if (exchange.status >= server_error) {
        span.is_error = true;
        span.attributes.push_back({"error.type", exchange.problem});
    }
    platform::keep_span(std::move(span));
}

}  // namespace outlay::api
