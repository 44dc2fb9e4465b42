// Promise: the text that a scraper reads says what was counted, in both forms; series are made once
// and bounded; the table is whole, and docs/metrics.md explains every metric of it.
#include "platform/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "platform/metric_families.hpp"

namespace outlay::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

std::string line_with(const std::string& text, std::string_view begin) {
    for (const auto& line : lines_of(text)) {
        if (line.starts_with(begin)) return line;
    }
    return "";
}

double value_of(const std::string& text, std::string_view series) {
    const auto line = line_with(text, std::string(series) + " ");
    EXPECT_FALSE(line.empty()) << series;
    return line.empty() ? -1 : std::stod(line.substr(line.rfind(' ') + 1));
}

TEST(Metrics, a_counter_is_told_with_its_labels) {
    const auto before = counter(commands, {"test_counter", "applied"}).value();
    counter(commands, {"test_counter", "applied"}).add();
    counter(commands, {"test_counter", "applied"}).add(2);
    const auto text = exposition(Format::text);
    const std::string series =
        R"(outlay_commands_total{operation="test_counter",outcome="applied"})";
    EXPECT_EQ(value_of(text, series), static_cast<double>(before + 3));
    EXPECT_THAT(text, HasSubstr("# TYPE outlay_commands_total counter\n"));
    const auto newer = exposition(Format::open_metrics);
    EXPECT_EQ(value_of(newer, series), static_cast<double>(before + 3));
    EXPECT_THAT(newer, HasSubstr("# TYPE outlay_commands counter\n"));
    EXPECT_TRUE(newer.ends_with("\n# EOF\n"));
    EXPECT_THAT(text, Not(HasSubstr("# EOF")));
}

TEST(Metrics, buckets_of_a_histogram_count_up_to_their_bounds) {
    auto& measured = histogram(delivery_duration, {"test"});
    for (const double value : {0.005, 0.0051, 0.3, 99.0}) measured.observe(value);
    const auto text = exposition(Format::text);
    const auto bucket = [&](std::string_view bound) {
        return value_of(text,
                        "outlay_delivery_attempt_duration_seconds_bucket{kind=\"test\",le=\"" +
                            std::string(bound) + "\"}");
    };
    EXPECT_EQ(bucket("0.005"), 1);  // a bound belongs to its own bucket
    EXPECT_EQ(bucket("0.01"), 2);
    EXPECT_EQ(bucket("0.25"), 2);
    EXPECT_EQ(bucket("0.5"), 3);
    EXPECT_EQ(bucket("10"), 3);
    EXPECT_EQ(bucket("+Inf"), 4);
    EXPECT_EQ(value_of(text, R"(outlay_delivery_attempt_duration_seconds_count{kind="test"})"), 4);
    EXPECT_DOUBLE_EQ(value_of(text, R"(outlay_delivery_attempt_duration_seconds_sum{kind="test"})"),
                     99.3101);
    EXPECT_THAT(exposition(Format::open_metrics), HasSubstr(R"(kind="test",le="10.0"} 3)"));
}

TEST(Metrics, label_values_cannot_break_a_line) {
    counter(commands, {"a\"b\\c\nd", "applied"}).add();
    EXPECT_THAT(exposition(Format::text),
                HasSubstr(R"(outlay_commands_total{operation="a\"b\\c\nd",outcome="applied"} )"));
}

TEST(Metrics, samples_replace_those_of_the_last_look) {
    replace(lag_records, {{{"1"}, 5}, {{"2"}, 0}});
    EXPECT_EQ(value_of(exposition(Format::text), R"(outlay_partition_lag_records{partition="1"})"),
              5);
    replace(lag_records, {{{"2"}, 1.5}});
    const auto text = exposition(Format::text);
    EXPECT_EQ(value_of(text, R"(outlay_partition_lag_records{partition="2"})"), 1.5);
    EXPECT_THAT(text, Not(HasSubstr(R"(outlay_partition_lag_records{partition="1"})")));
    replace(lag_records, {});
    EXPECT_THAT(exposition(Format::text), Not(HasSubstr("outlay_partition_lag_records")));
}

TEST(Metrics, a_family_keeps_a_bounded_number_of_series) {
    for (std::size_t i = 0; i < series_max + 100; ++i)
        counter(judged_records, {"test " + std::to_string(i)}).add();
    const auto text = exposition(Format::text);
    std::size_t series = 0;
    for (const auto& line : lines_of(text))
        series += line.starts_with("outlay_projector_records_total{") ? 1U : 0U;
    EXPECT_EQ(series, series_max + 1);
    EXPECT_GE(value_of(text, R"(outlay_projector_records_total{verdict="other"})"), 100);
}

TEST(Metrics, threads_lose_no_count) {
    auto& counted = counter(appends, {"test"});
    auto& timed = histogram(connection_wait, {"test"});
    auto& level = gauge(active_transactions, {"test"});
    constexpr int each = 20'000;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int at = 0; at < each; ++at) {
                counted.add();
                timed.observe(1.0);
                level.add(at % 2 == 0 ? 1 : -1);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(counted.value(), 4 * each);
    EXPECT_EQ(timed.count(), 4 * each);
    EXPECT_EQ(timed.sum(), 4 * each);
    EXPECT_EQ(level.value(), 0);
}

TEST(Metrics, the_process_is_measured) {
    measure_process();
    const auto text = exposition(Format::text);
    EXPECT_GT(value_of(text, "process_resident_memory_bytes"), 1e6);
    EXPECT_GT(value_of(text, "process_open_fds"), 2);
    EXPECT_GE(value_of(text, "process_threads"), 1);
    EXPECT_GT(value_of(text, "process_max_fds"), 2);
    EXPECT_GT(value_of(text, "process_start_time_seconds"), 1.7e9);
    EXPECT_GE(value_of(text, "process_cpu_seconds_total"), 0);
}

TEST(Metrics, the_documentation_has_a_row_for_every_metric) {
    std::ifstream file(OUTLAY_SOURCE_DIR "/docs/metrics.md");
    std::ostringstream read;
    read << file.rdbuf();
    const auto document = read.str();
    constexpr std::array<std::string_view, 3> kinds{"counter", "gauge", "histogram"};
    std::size_t rows = 0;
    for (const auto& line : lines_of(document)) rows += line.starts_with("| `") ? 1U : 0U;
    for (const auto* family : families()) {
        std::string labels;
        for (std::size_t at = 0; at < family->label_count(); ++at)
            labels += (at == 0 ? "" : ", ") + std::string(family->labels.at(at));
        const std::string row = "| `" + std::string(family->name) +
                                (family->kind == Kind::counter ? "_total" : "") + "` | " +
                                std::string(kinds.at(static_cast<std::size_t>(family->kind))) +
                                " | " + labels + " | " + std::string(family->help) + " |";
        EXPECT_THAT(document, HasSubstr(row));
    }
    EXPECT_EQ(rows, families().size());
}

}  // namespace
}  // namespace outlay::metrics
