// What stands in a line.
#include "api/http/access_log.hpp"

#include "platform/log_identity.hpp"

namespace outlay::api {

namespace {

using platform::LogLevel;

bool is_success(int status) {
    return status >= 200 && status < 300;
}

// Parts of a traceparent: version-trace_id-span_id-flags.
std::string_view trace_id_in(std::string_view trace) {
    return trace.size() < 52 ? std::string_view{} : trace.substr(3, 32);
}
std::string_view span_id_in(std::string_view trace) {
    return trace.size() < 52 ? std::string_view{} : trace.substr(36, 16);
}

}  // namespace

void AccessLog::note(const Exchange& exchange) {
    const auto level = exchange.status >= 500 ? LogLevel::warning : LogLevel::info;
    if (!platform::is_logged(level)) return;
    if (is_success(exchange.status) && exchange.is_whole && every_ != 1) {
        if (every_ == 0) return;
        if (successes_.fetch_add(1, std::memory_order_relaxed) % every_ != 0) return;
    }
    const auto took = std::chrono::steady_clock::now() - exchange.begun;
    platform::log_as(
        "access", level, "request",
        {{"request_id", exchange.request_id},
         {"trace_id", trace_id_in(exchange.trace)},
         {"span_id", span_id_in(exchange.trace)},
         {"tenant", exchange.workspace},
         {"method", exchange.method ? method_name(*exchange.method) : "_OTHER"},
         {"route", exchange.route},
         {"operation", exchange.operation},
         {"status", std::int64_t{exchange.status}},
         {"problem", exchange.problem},
         {"bytes", static_cast<std::int64_t>(exchange.body_bytes)},
         {"duration_us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
         {"complete", exchange.is_whole ? "yes" : "no"}});
}

}  // namespace outlay::api
