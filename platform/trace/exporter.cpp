// Batches out of the queue, one at a time.
#include "platform/trace/exporter.hpp"

#include <iterator>

#include "platform/log.hpp"
#include "platform/metric_families.hpp"
#include "platform/trace/queue.hpp"

namespace outlay::platform {

SpanExporter::SpanExporter(const HttpClient& client, SpanExporterOptions options)
    : client_(client), options_(std::move(options)) {
    for (const auto* const result : {"exported", "failed", "dropped"})
        metrics::counter(metrics::spans, {result});
    auto& queue = span_queue();
    {
        const std::lock_guard lock(queue.mutex);
        queue.spans_max = options_.queue_max;
        queue.batch = options_.batch_max;
        queue.sampling = options_.sampling;
    }
    queue.is_open = true;
    thread_ = std::thread([this] { run(); });
}

SpanExporter::~SpanExporter() {
    auto& queue = span_queue();
    {
        const std::lock_guard lock(queue.mutex);
        queue.is_open = false;
        queue.sampling = {};
    }
    queue.filled.notify_all();
    thread_.join();
    const std::lock_guard lock(queue.mutex);
    queue.spans.clear();
}

void SpanExporter::run() {
    const auto& is_open = span_queue().is_open;
    for (bool is_last = false; !is_last;) {
        is_last = !is_open;  // nothing is put in any more: what is left goes out once
        auto batch = next_batch();
        while (!batch.empty()) {
            send(batch);
            // The end of the process does not wait for a collector that is away.
            if (!is_open && is_failing_) return;
            if (batch.size() < options_.batch_max) break;
            batch = next_batch();
        }
    }
}

// Waits for a full batch, or for the pause; not once the queue is closed.
std::vector<Span> SpanExporter::next_batch() {
    auto& queue = span_queue();
    std::unique_lock lock(queue.mutex);
    queue.filled.wait_for(lock, options_.pause, [&] {
        return !queue.is_open || queue.spans.size() >= options_.batch_max;
    });
    std::vector<Span> batch;
    while (!queue.spans.empty() && batch.size() < options_.batch_max) {
        batch.push_back(std::move(queue.spans.front()));
        queue.spans.pop_front();
    }
    return batch;
}

void SpanExporter::send(const std::vector<Span>& spans) {
    HttpRequest request{options_.url, options_.headers, otlp_document(options_.resource, spans)};
    request.headers.emplace_back("Content-Type", "application/json");
    const auto answer = client_.post(request);
    const bool is_taken = answer.ok() && answer->status >= 200 && answer->status < 300;
    metrics::counter(metrics::spans, {is_taken ? "exported" : "failed"}).add(spans.size());
    if (!is_taken && !is_failing_) {
        log(LogLevel::warning, "the collector of traces takes nothing",
            {{"detail", answer.ok() ? "it answers " + std::to_string(answer->status)
                                    : answer.error().detail}});
    }
    if (is_taken && is_failing_) log(LogLevel::info, "the collector of traces takes spans again");
    is_failing_ = !is_taken;
}

}  // namespace outlay::platform
