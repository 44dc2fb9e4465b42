// The way into the queue.
#include "platform/trace/queue.hpp"

#include "platform/metric_families.hpp"

namespace outlay::platform {

SpanQueue& span_queue() {
    static SpanQueue instance;
    return instance;
}

bool is_traced(std::string_view trace) {
    if (!span_queue().is_open.load(std::memory_order_relaxed)) return false;
    const auto parsed = TraceParent::parse(trace);
    return parsed && parsed->is_sampled;
}

void keep_span(Span span) {
    if (!is_traced(span.trace)) return;
    auto& queue = span_queue();
    bool is_enough = false;
    {
        const std::lock_guard lock(queue.mutex);
        if (queue.spans.size() >= queue.spans_max) {
            metrics::counter(metrics::spans, {"dropped"}).add();
            return;
        }
        queue.spans.push_back(std::move(span));
        is_enough = queue.spans.size() >= queue.batch;
    }
    if (is_enough) queue.filled.notify_one();
}

}  // namespace outlay::platform
