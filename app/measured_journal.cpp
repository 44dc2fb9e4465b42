// One wrapper around the word on each append.
#include "app/measured_journal.hpp"

#include <array>
#include <chrono>

#include "platform/metric_families.hpp"

namespace outlay::app {

namespace {

using journal::AppendResult;
using std::chrono::steady_clock;

// By AppendResult, in its order.
constexpr std::array<std::string_view, 5> result_names{"appended", "appended_somewhere", "refused",
                                                       "not_written", "unknown"};

// What outcomes write to. They may come after the journal's owner has let go of it: series live as
// long as the process.
struct AppendSeries {
    metrics::Histogram& duration = metrics::histogram(metrics::append_duration);
    metrics::Gauge& records = metrics::gauge(metrics::outstanding_records);
    metrics::Gauge& bytes = metrics::gauge(metrics::outstanding_bytes);
    std::array<metrics::Counter*, result_names.size()> results{};

    AppendSeries() {
        for (std::size_t at = 0; at < results.size(); ++at)
            results.at(at) = &metrics::counter(metrics::appends, {result_names.at(at)});
    }
    void ended(AppendResult result, steady_clock::time_point begun, double size) const {
        duration.observe(steady_clock::now() - begun);
        records.add(-1);
        bytes.add(-size);
        results.at(static_cast<std::size_t>(result))->add();
    }
};

const AppendSeries& series() {
    static const AppendSeries instance;
    return instance;
}

class MeasuredJournal final : public journal::Journal {
public:
    explicit MeasuredJournal(std::unique_ptr<journal::Journal> log) : log_(std::move(log)) {
        series();
    }
    std::int32_t partition_count() const override { return log_->partition_count(); }
    void append(std::int32_t partition, std::string key, std::string value,
                journal::AppendDone done) override {
        const auto size = static_cast<double>(key.size() + value.size());
        series().records.add(1);
        series().bytes.add(size);
        log_->append(partition, std::move(key), std::move(value),
                     [done = std::move(done), begun = steady_clock::now(),
                      size](journal::AppendOutcome outcome) {
                         series().ended(outcome.result, begun, size);
                         done(outcome);
                     });
    }
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits) override {
        return log_->read(partition, from, limits);
    }
    domain::Result<std::int64_t, journal::JournalError> end(std::int32_t partition) override {
        return log_->end(partition);
    }

private:
    std::unique_ptr<journal::Journal> log_;
};

}  // namespace

std::unique_ptr<journal::Journal> measured(std::unique_ptr<journal::Journal> log) {
    return std::make_unique<MeasuredJournal>(std::move(log));
}

}  // namespace outlay::app
