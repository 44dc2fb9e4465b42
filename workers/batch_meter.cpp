// One series per verdict, looked up once.
#include "workers/batch_meter.hpp"

#include <algorithm>

#include "platform/clock.hpp"
#include "platform/metric_families.hpp"
#include "platform/trace.hpp"

namespace outlay::workers {

namespace {

using journal::Verdict;

constexpr double micros_per_second = 1e6;

struct Series {
    metrics::Histogram& duration = metrics::histogram(metrics::apply_duration);
    metrics::Histogram& records = metrics::histogram(metrics::batch_records);
    metrics::Histogram& delay = metrics::histogram(metrics::visible_delay);
    metrics::Gauge& last = metrics::gauge(metrics::last_commit);
    metrics::Counter& raised = metrics::counter(metrics::alerts, {"raised"});
    metrics::Counter& resolved = metrics::counter(metrics::alerts, {"resolved"});
};

const Series& series() {
    static const Series instance;
    return instance;
}

std::string_view reason_of(sql::ErrorKind kind) {
    switch (kind) {
        case sql::ErrorKind::unavailable:
            return "unavailable";
        case sql::ErrorKind::unknown:
            return "unknown";
        case sql::ErrorKind::busy:
            return "busy";
        case sql::ErrorKind::conflict:
            return "conflict";
        case sql::ErrorKind::failed:
            return "refused";
    }
    return "";
}

}  // namespace

void BatchMeter::took(std::span<const journal::Record> records) {
    records_ += records.size();
    for (const auto& record : records)
        oldest_ = std::min(oldest_.value_or(record.appended_at), record.appended_at);
}

void BatchMeter::judged(std::span<const Judged> judged) {
    for (const auto& one : judged) {
        ++judged_.at(static_cast<std::size_t>(one.judgement.verdict));
        const auto* const commit = std::get_if<journal::Commit>(&one.judgement.decoded);
        if (commit != nullptr && platform::is_traced(commit->trace))
            traced_.push_back({commit->trace, one.record->position});
    }
}

void BatchMeter::told(const effects::Notices& notices) {
    for (const auto& notice : notices) ++(notice.state == "raised" ? raised_ : resolved_);
}

void BatchMeter::committed() const {
    const auto& measured = series();
    const auto now = static_cast<double>(platform::SystemClock().now().micros);
    measured.duration.observe(std::chrono::steady_clock::now() - begun_);
    measured.records.observe(static_cast<double>(records_));
    measured.last.set(now / micros_per_second);
    // Other clocks: what seems to come from the future has just been appended.
    if (oldest_) {
        const auto age = now - static_cast<double>(oldest_->micros);
        measured.delay.observe(std::max(0.0, age / micros_per_second));
    }
    measured.raised.add(raised_);
    measured.resolved.add(resolved_);
    for (std::size_t at = 0; at < judged_.size(); ++at) {
        if (judged_.at(at) == 0) continue;
        const auto name = journal::verdict_name(static_cast<Verdict>(at));
        metrics::counter(metrics::judged_records, {name}).add(judged_.at(at));
    }
    keep_spans();
}

// The batch's transaction, in the trace of each of its commands.
void BatchMeter::keep_spans() const {
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begun_);
    for (const auto& [trace, position] : traced_) {
        const auto now = platform::SystemClock().now().micros;
        platform::keep_span(
            {platform::span_below(trace),
             trace,
             "project",
             platform::SpanKind::consumer,
             now - took.count(),
             now,
             {{"outlay.position", position.text()},
              {"messaging.batch.message_count", static_cast<std::int64_t>(records_)}}});
    }
}

void BatchMeter::failed(std::string_view reason) const {
    series().duration.observe(std::chrono::steady_clock::now() - begun_);
    metrics::counter(metrics::failed_batches, {reason}).add();
}

void BatchMeter::failed(sql::ErrorKind kind) const {
    failed(reason_of(kind));
}

void expose_failures() {
    using journal::HaltCause;
    for (const auto kind :
         {sql::ErrorKind::unavailable, sql::ErrorKind::unknown, sql::ErrorKind::busy,
          sql::ErrorKind::conflict, sql::ErrorKind::failed}) {
        metrics::counter(metrics::failed_batches, {reason_of(kind)});
    }
    for (const auto cause :
         {HaltCause::version, HaltCause::head, HaltCause::event_type, HaltCause::lost_tail,
          HaltCause::unreadable, HaltCause::genesis, HaltCause::projection}) {
        metrics::counter(metrics::halts, {journal::halt_cause_name(cause)});
    }
    series();
}

}  // namespace outlay::workers
