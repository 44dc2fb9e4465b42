// Promise: every adapter of the Journal port is the same append-only log: ordered, without gap,
// byte for byte, each append answered exactly once, and a missing tail is told.
#include <set>
#include <thread>

#include "tests/contract/journal_under_test.hpp"

namespace outlay::tests {
namespace {

using journal::AppendResult;
using journal::JournalErrorKind;

class JournalContract : public testing::TestWithParam<JournalAdapter> {
protected:
    void SetUp() override { under_test_ = GetParam().make(); }
    journal::Journal& log() { return under_test_->journal(); }

    std::unique_ptr<JournalUnderTest> under_test_;
};

INSTANTIATE_TEST_SUITE_P(Adapters, JournalContract,
                         testing::Values(memory_adapter(), sqlite_adapter(), kafka_adapter()),
                         adapter_name);

TEST_P(JournalContract, an_empty_log_ends_at_zero_and_has_nothing_to_read) {
    ASSERT_GE(log().partition_count(), 1);
    for (std::int32_t p = 0; p < log().partition_count(); ++p) {
        const auto end = log().end(p);
        ASSERT_TRUE(end.ok()) << end.error().detail;
        EXPECT_EQ(*end, 0);
        const auto records = log().read(p, 0, {});
        ASSERT_TRUE(records.ok());
        EXPECT_TRUE(records->empty());
    }
}

TEST_P(JournalContract, records_come_back_in_the_order_in_which_they_were_appended) {
    append_many(log(), 0, "value ", 300);
    const auto records = read_many(log(), 0, 0, 300);
    for (std::size_t i = 0; i < records.size(); ++i) {
        EXPECT_EQ(records[i].position, (journal::Position{0, static_cast<std::int64_t>(i)}));
        EXPECT_EQ(records[i].value, "value " + std::to_string(i));
        EXPECT_EQ(records[i].key, "key");
    }
}

TEST_P(JournalContract, an_acknowledged_append_is_at_the_position_that_was_told) {
    append_many(log(), 0, "before ", 3);
    const auto outcome = append(log(), 0, "this one", "its key");
    ASSERT_EQ(outcome.result, AppendResult::appended);
    EXPECT_EQ(outcome.position, (journal::Position{0, 3}));
    const auto records = read_many(log(), 0, outcome.position.offset, 1);
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].value, "this one");
    EXPECT_EQ(records[0].key, "its key");
    const auto end = log().end(0);
    ASSERT_TRUE(end.ok()) << end.error().detail;
    EXPECT_EQ(*end, 4);
}

TEST_P(JournalContract, partitions_count_their_offsets_apart) {
    const auto count = log().partition_count();
    for (std::int32_t p = 0; p < count; ++p) {
        append_many(log(), p, std::to_string(p) + " has ", 2 + p);
    }
    for (std::int32_t p = 0; p < count; ++p) {
        const auto end = log().end(p);
        ASSERT_TRUE(end.ok()) << end.error().detail;
        EXPECT_EQ(*end, 2 + p);
        EXPECT_EQ(read_many(log(), p, 1, 1).at(0).value, std::to_string(p) + " has 1");
    }
}

TEST_P(JournalContract, concurrent_appends_are_acknowledged_once_each_at_distinct_positions) {
    constexpr int threads = 8;
    constexpr int each = 100;
    std::vector<Outcomes> outcomes(threads);
    std::vector<std::thread> running;
    for (std::size_t t = 0; t < threads; ++t) {
        running.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                log().append(0, "key", std::to_string(t) + "/" + std::to_string(i),
                             outcomes[t].slot());
            }
        });
    }
    for (auto& thread : running) thread.join();
    std::map<std::int64_t, std::string> acknowledged;
    for (std::size_t t = 0; t < threads; ++t) {
        std::int64_t before = -1;
        int i = 0;
        for (const auto& outcome : outcomes[t].wait()) {
            ASSERT_EQ(outcome.result, AppendResult::appended);
            EXPECT_GT(outcome.position.offset, before) << "one thread's appends keep their order";
            before = outcome.position.offset;
            acknowledged[before] = std::to_string(t) + "/" + std::to_string(i++);
        }
    }
    ASSERT_EQ(acknowledged.size(), static_cast<std::size_t>(threads * each));
    for (const auto& record : read_many(log(), 0, 0, threads * each)) {
        EXPECT_EQ(record.value, acknowledged[record.position.offset]);
    }
}

TEST_P(JournalContract, a_read_at_the_end_answers_empty_after_its_wait) {
    append_many(log(), 0, "value ", 2);
    const auto answer = log().read(0, 2, {.wait = std::chrono::milliseconds{50}});
    ASSERT_TRUE(answer.ok());
    EXPECT_TRUE(answer->empty());
}

TEST_P(JournalContract, a_waiting_read_is_woken_by_an_append) {
    append_many(log(), 0, "value ", 1);
    std::vector<journal::Record> found;
    const auto begun = std::chrono::steady_clock::now();
    std::thread reader([&] {
        auto answer = log().read(0, 1, {.wait = patience});
        if (answer.ok()) found = std::move(answer).value();
    });
    EXPECT_EQ(append(log(), 0, "wakes").result, AppendResult::appended);
    reader.join();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].value, "wakes");
    EXPECT_LT(std::chrono::steady_clock::now() - begun, patience / 2);
}

TEST_P(JournalContract, reading_beyond_the_end_is_a_lost_tail) {
    append_many(log(), 0, "value ", 3);
    const auto answer = log().read(0, 5, {.wait = patience});
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().kind, JournalErrorKind::lost_tail);
    EXPECT_EQ(read_many(log(), 0, 2, 1).at(0).value, "value 2") << "reading goes on elsewhere";
}

TEST_P(JournalContract, limits_bound_a_read_and_the_next_one_goes_on) {
    append_many(log(), 0, std::string(1000, 'x'), 40);
    const auto by_count = log().read(0, 5, {.records_max = 7, .wait = patience});
    ASSERT_TRUE(by_count.ok());
    ASSERT_EQ(by_count->size(), 7u);
    EXPECT_EQ(by_count->back().position.offset, 11);
    const auto by_bytes = log().read(0, 12, {.bytes_max = 2500, .wait = patience});
    ASSERT_TRUE(by_bytes.ok());
    ASSERT_EQ(by_bytes->size(), 3u) << "ends with the record that reaches the limit";
    EXPECT_EQ(by_bytes->front().position.offset, 12);
    EXPECT_EQ(read_many(log(), 0, 15, 25).size(), 25u);
}

TEST_P(JournalContract, a_record_of_the_largest_size_is_kept_and_one_byte_more_is_refused) {
    const std::string key(journal::key_bytes_max, 'k');
    const std::string value(journal::record_bytes_max, 'v');
    EXPECT_EQ(append(log(), 0, value + "v").result, AppendResult::refused);
    EXPECT_EQ(append(log(), 0, "small", key + "k").result, AppendResult::refused);
    ASSERT_EQ(append(log(), 0, value, key).result, AppendResult::appended);
    ASSERT_EQ(append(log(), 0, value, key).result, AppendResult::appended);
    const auto records = read_many(log(), 0, 0, 2);
    ASSERT_EQ(records.size(), 2u);
    EXPECT_TRUE(records[0].value == value && records[1].value == value);
    EXPECT_TRUE(records[0].key == key);
}

TEST_P(JournalContract, every_byte_is_preserved) {
    std::string all_bytes;
    for (int byte = 0; byte < 256; ++byte) all_bytes.push_back(static_cast<char>(byte));
    const std::string json = R"({"note":"caf\u00e9 \"quoted\" \\ \u0000 ünïcödé 漢字"})";
    for (const auto& value : {all_bytes, json, std::string("a\0b", 3), std::string(), all_bytes}) {
        ASSERT_EQ(append(log(), 0, value, value).result, AppendResult::appended);
    }
    const auto records = read_many(log(), 0, 0, 5);
    ASSERT_EQ(records.size(), 5u);
    EXPECT_EQ(records[0].value, all_bytes);
    EXPECT_EQ(records[0].key, all_bytes);
    EXPECT_EQ(records[1].value, json);
    EXPECT_EQ(records[2].value, std::string("a\0b", 3));
    EXPECT_EQ(records[3].value, "");
    EXPECT_EQ(records[3].key, "");
}

TEST_P(JournalContract, append_times_never_go_back) {
    const auto before = platform::SystemClock{}.now();
    for (int i = 0; i < 20; ++i) append_many(log(), 0, "value ", 5);
    domain::Instant last{before.micros - 1'000'000};  // brokers tell milliseconds
    for (const auto& record : read_many(log(), 0, 0, 100)) {
        EXPECT_GE(record.appended_at, last);
        last = record.appended_at;
    }
    EXPECT_LE(last.micros, platform::SystemClock{}.now().micros + 1'000'000);
}

TEST_P(JournalContract, every_outcome_is_called_exactly_once_when_the_journal_closes) {
    Outcomes outcomes;
    constexpr std::size_t count = 500;
    for (std::size_t i = 0; i < count; ++i) {
        log().append(0, "key", std::string(500, 'x'), outcomes.slot());
    }
    under_test_->close();
    EXPECT_EQ(outcomes.calls(), count) << "none is left when the journal is gone";
    outcomes.wait();
}

TEST_P(JournalContract, a_partition_that_does_not_exist_is_refused_and_cannot_be_read) {
    for (const std::int32_t wrong : {-1, log().partition_count()}) {
        Outcomes outcomes;
        log().append(wrong, "key", "value", outcomes.slot());
        EXPECT_EQ(outcomes.wait().at(0).result, AppendResult::refused);
        EXPECT_FALSE(log().read(wrong, 0, {}).ok());
        EXPECT_FALSE(log().end(wrong).ok());
    }
}

}  // namespace
}  // namespace outlay::tests
