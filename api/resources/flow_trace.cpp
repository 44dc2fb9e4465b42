// Which traceparent counts.
#include "api/resources/flow_trace.hpp"

#include "platform/trace.hpp"

namespace outlay::api {

bool is_traceparent(std::string_view text) {
    return platform::TraceParent::parse(text).has_value();
}

std::string sent_trace(const Headers& headers) {
    const auto* const sent = headers.find("traceparent");
    const bool counts =
        sent != nullptr && headers.count("traceparent") == 1 && is_traceparent(*sent);
    return counts ? *sent : std::string{};
}

std::string trace_of(const Headers& headers) {
    return platform::span_below(sent_trace(headers));
}

}  // namespace outlay::api
