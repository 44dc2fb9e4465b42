// Looking series up, and making them.
#include "platform/metrics/registry.hpp"

#include <algorithm>

#include "domain/values/check.hpp"
#include "platform/metric_families.hpp"

namespace outlay::metrics {

std::size_t Family::label_count() const {
    return static_cast<std::size_t>(std::ranges::find(labels, std::string_view{}) - labels.begin());
}

Histogram::Histogram(std::span<const double> bounds) : bounds_(bounds) {
    CHECK(!bounds.empty() && bounds.size() <= bounds_max, "a histogram of another size");
}

void Histogram::observe(double value) {
    const auto at = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    counts_.at(static_cast<std::size_t>(at)).fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t Histogram::count_to(std::size_t index) const {
    std::uint64_t count = 0;
    for (std::size_t at = 0; at <= index; ++at)
        count += counts_.at(at).load(std::memory_order_relaxed);
    return count;
}

Registry::Registry() {
    for (const Family* family : families()) {
        const bool is_new = shelves.try_emplace(family->name, Shelf{family}).second;
        CHECK(is_new, "two metrics of one name");
    }
}

Shelf& Registry::shelf(const Family& family) {
    const auto found = shelves.find(family.name);
    CHECK(found != shelves.end(), "a metric that is not in the table");
    return found->second;
}

Series& Registry::find(const Family& family, LabelValues values,
                       const std::function<void(Series&)>& make) {
    CHECK(values.size() == family.label_count(), "a metric with other labels");
    const std::lock_guard lock(mutex);
    auto& series = shelf(family).series;
    Values key(values.begin(), values.end());
    const bool is_full = series.size() >= series_max && !series.contains(key);
    if (is_full) std::ranges::fill(key, "other");
    auto& found = series[std::move(key)];
    if (std::holds_alternative<std::monostate>(found)) make(found);
    return found;
}

Registry& registry() {
    static Registry instance;
    return instance;
}

Counter& counter(const Family& family, LabelValues values) {
    CHECK(family.kind == Kind::counter, "a metric of another kind");
    auto& found =
        registry().find(family, values, [](Series& series) { series.emplace<Counter>(); });
    return std::get<Counter>(found);
}

Gauge& gauge(const Family& family, LabelValues values) {
    CHECK(family.kind == Kind::gauge, "a metric of another kind");
    auto& found = registry().find(family, values, [](Series& series) { series.emplace<Gauge>(); });
    return std::get<Gauge>(found);
}

Histogram& histogram(const Family& family, LabelValues values) {
    CHECK(family.kind == Kind::histogram, "a metric of another kind");
    auto& found = registry().find(
        family, values, [&](Series& series) { series.emplace<Histogram>(family.bounds); });
    return std::get<Histogram>(found);
}

void replace(const Family& family, std::vector<Sample> samples) {
    CHECK(family.kind != Kind::histogram, "a metric of another kind");
    auto& all = registry();
    const std::lock_guard lock(all.mutex);
    all.shelf(family).samples = std::move(samples);
}

}  // namespace outlay::metrics
