// Spans that wait to be exported, and how new traces are sampled. Private to this folder and to the
// exporter. Any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "platform/trace.hpp"
#include "platform/trace/sampling.hpp"

namespace outlay::platform {

struct SpanQueue {
    std::atomic<bool> is_open{false};  // an exporter takes what is put in
    std::mutex mutex;                  // guards what follows
    std::condition_variable filled;
    std::deque<Span> spans;
    std::size_t spans_max = 0;
    std::size_t batch = 0;  // so many wake the exporter
    TraceSampling sampling{};
};

// The one of this process.
SpanQueue& span_queue();

}  // namespace outlay::platform
