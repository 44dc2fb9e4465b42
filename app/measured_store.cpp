// One wrapper around each transaction.
#include "app/measured_store.hpp"

#include <array>
#include <chrono>

#include "platform/metric_families.hpp"

namespace outlay::app {

namespace {

using std::chrono::steady_clock;

// By Access and by ErrorKind, in their order; the last result is the one without an error.
constexpr std::array<std::string_view, 4> access_names{"query", "lookup", "project", "admin"};
constexpr std::array<std::string_view, 6> result_names{"unavailable", "unknown", "busy",
                                                       "conflict",    "failed",  "ok"};

struct AccessSeries {
    metrics::Histogram& duration;
    metrics::Gauge& active;
    std::array<metrics::Counter*, result_names.size()> results{};

    explicit AccessSeries(std::string_view access)
        : duration(metrics::histogram(metrics::transaction_duration, {access})),
          active(metrics::gauge(metrics::active_transactions, {access})) {
        for (std::size_t at = 0; at < results.size(); ++at)
            results.at(at) =
                &metrics::counter(metrics::transactions, {access, result_names.at(at)});
    }
};

class MeasuredStore final : public sql::Store {
public:
    explicit MeasuredStore(std::unique_ptr<sql::Store> store) : store_(std::move(store)) {}

    sql::Status transact(const sql::TransactionOptions& options,
                         const sql::TransactionBody& body) override {
        const auto& measured = series_.at(static_cast<std::size_t>(options.access));
        const auto begun = steady_clock::now();
        measured.active.add(1);
        auto done = store_->transact(options, body);
        measured.active.add(-1);
        measured.duration.observe(steady_clock::now() - begun);
        const auto result =
            done.ok() ? result_names.size() - 1 : static_cast<std::size_t>(done.error().kind);
        measured.results.at(result)->add();
        return done;
    }
    sql::Status run_script(std::string_view script, std::int64_t generation) override {
        return store_->run_script(script, generation);
    }

private:
    std::unique_ptr<sql::Store> store_;
    const std::array<AccessSeries, access_names.size()> series_{
        AccessSeries{access_names[0]}, AccessSeries{access_names[1]}, AccessSeries{access_names[2]},
        AccessSeries{access_names[3]}};
};

}  // namespace

std::unique_ptr<sql::Store> measured(std::unique_ptr<sql::Store> store) {
    return std::make_unique<MeasuredStore>(std::move(store));
}

}  // namespace outlay::app
