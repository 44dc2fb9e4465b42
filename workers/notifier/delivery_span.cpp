// Addresses of endpoints are secrets of their owners, so no attribute tells one.
#include "workers/notifier/delivery_span.hpp"

#include "platform/trace.hpp"

namespace outlay::workers::notifier {

DeliverySpan::DeliverySpan(std::string parent, const platform::Clock& clock)
    : parent_(std::move(parent)),
      trace_(parent_.empty() ? "" : platform::span_below(parent_)),
      clock_(clock),
      begun_(clock.now()) {}

void DeliverySpan::mark(platform::HttpRequest& request) const {
    if (!trace_.empty()) request.headers.emplace_back("traceparent", trace_);
}

void DeliverySpan::end(const Message& message, const Attempt& attempt) const {
    if (!platform::is_traced(trace_)) return;
    platform::Span span{trace_,
                        parent_,
                        "POST",
                        platform::SpanKind::client,
                        begun_.micros,
                        clock_.now().micros,
                        {{"http.request.method", std::string("POST")},
                         {"outlay.message", message.id.text()},
                         {"outlay.message.type", message.kind}}};
    if (attempt.status)
        span.attributes.push_back({"http.response.status_code", std::int64_t{*attempt.status}});
    if (attempt.end != End::delivered) {
        span.is_error = true;
        span.attributes.push_back(
            {"error.type", attempt.status ? std::to_string(*attempt.status) : "no_answer"});
    }
    platform::keep_span(std::move(span));
}

}  // namespace outlay::workers::notifier
