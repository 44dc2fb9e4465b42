// Metrics: numbers about this process for those who look after it. Written from everywhere like the
// log, read by /metrics. A series is looked up once and kept by whoever writes it: writing is a few
// relaxed atomic operations, without lock or allocation. What there is to measure is the table in
// platform/metric_families.hpp. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outlay::metrics {

enum class Kind { counter, gauge, histogram };

// One metric with all its series. Lives in static storage.
struct Family {
    std::string_view name;  // of a counter: without "_total"
    Kind kind;
    std::string_view help;
    std::array<std::string_view, 3> labels{};  // names; never of anything that a client chooses
    std::span<const double> bounds{};          // of a histogram: upper ones, ascending
    std::size_t label_count() const;
};

class Counter {
public:
    void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

class Gauge {
public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    void add(double change) { value_.fetch_add(change, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<double> value_{0};
};

class Histogram {
public:
    static constexpr std::size_t bounds_max = 15;

    explicit Histogram(std::span<const double> bounds);
    void observe(double value);
    void observe(std::chrono::steady_clock::duration value) {
        observe(std::chrono::duration<double>(value).count());
    }
    // Observations up to and including the bound of that index; beyond the last bound all of them.
    std::uint64_t count_to(std::size_t index) const;
    std::uint64_t count() const { return count_to(bounds_.size()); }
    double sum() const { return sum_.load(std::memory_order_relaxed); }
    std::span<const double> bounds() const { return bounds_; }

private:
    std::span<const double> bounds_;
    std::array<std::atomic<std::uint64_t>, bounds_max + 1> counts_{};
    std::atomic<double> sum_{0};
};

// The series with these label values, in the order of the family's labels; made by the first call,
// and there as long as the process. CHECKs that the family is of that kind and in the table.
using LabelValues = std::initializer_list<std::string_view>;
Counter& counter(const Family& family, LabelValues values = {});
Gauge& gauge(const Family& family, LabelValues values = {});
Histogram& histogram(const Family& family, LabelValues values = {});

// A gauge whose series come and go: these, and no other ones, from now on.
struct Sample {
    std::vector<std::string> values;  // of the labels
    double value = 0;
};
void replace(const Family& family, std::vector<Sample> samples);

// Above so many series of one family, further label values share one series that says "other".
inline constexpr std::size_t series_max = 3'000;

enum class Format { text, open_metrics };  // text 0.0.4, OpenMetrics 1.0
std::string_view content_type(Format format);
// All that was measured so far. Blocks nobody who writes.
std::string exposition(Format format);

// Memory, processor time, descriptors and threads of this process, as they are now. Linux only.
void measure_process();

}  // namespace outlay::metrics
