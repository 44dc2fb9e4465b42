// SpanExporter: sends the spans of this process to a collector, from a thread of its own. What the
// collector does not take is dropped and counted: nobody waits for it, and the queue is bounded.
// Made and destroyed by the owner thread; one at a time.
#pragma once

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "platform/http_client.hpp"
#include "platform/trace/otlp.hpp"
#include "platform/trace/sampling.hpp"

namespace outlay::platform {

struct SpanExporterOptions {
    std::string url;  // of the collector's trace service
    std::vector<std::pair<std::string, std::string>> headers{};
    TraceResource resource{};
    TraceSampling sampling{};
    std::size_t queue_max = 2048;
    std::size_t batch_max = 512;
    std::chrono::milliseconds pause{5000};  // the longest that a span waits for others
};

class SpanExporter {
public:
    // `client` outlives the exporter.
    SpanExporter(const HttpClient& client, SpanExporterOptions options);
    ~SpanExporter();  // sends what is left, once
    SpanExporter(const SpanExporter&) = delete;
    SpanExporter& operator=(const SpanExporter&) = delete;

private:
    void run();
    std::vector<Span> next_batch();
    void send(const std::vector<Span>& spans);

    const HttpClient& client_;
    const SpanExporterOptions options_;
    bool is_failing_ = false;  // told already
    std::thread thread_;       // last
};

}  // namespace outlay::platform
