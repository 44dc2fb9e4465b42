// Promise: a subscription delivers every record of the partitions it owns, from the offset that the
// checkpoint names, in order and without gap, and says so when it cannot.
#include <atomic>

#include "tests/contract/journal_under_test.hpp"

namespace outlay::tests {
namespace {

using journal::AppendResult;

constexpr std::chrono::milliseconds silence{400};  // how long nothing may come to call it nothing

class JournalSubscriptionContract : public testing::TestWithParam<JournalAdapter> {
protected:
    void SetUp() override { under_test_ = GetParam().make(); }
    void TearDown() override { subscription_.reset(); }

    journal::Journal& log() { return under_test_->journal(); }
    void subscribe(journal::StartOffset start) {
        subscription_ = under_test_->subscriptions().subscribe(std::move(start));
    }
    bool poll_until_total(std::size_t count, const journal::ReadLimits& limits = {}) {
        return poll_until(*subscription_, got_, [&] { return got_.total() >= count; }, limits);
    }

    std::unique_ptr<JournalUnderTest> under_test_;
    std::unique_ptr<journal::Subscription> subscription_;
    Delivered got_;
};

INSTANTIATE_TEST_SUITE_P(Adapters, JournalSubscriptionContract,
                         testing::Values(memory_adapter(), sqlite_adapter(), kafka_adapter()),
                         adapter_name);

std::optional<std::int64_t> from_the_beginning(std::int32_t) {
    return 0;
}

void expect_contiguous(const std::vector<journal::Record>& records, std::int64_t from) {
    for (const auto& record : records) EXPECT_EQ(record.position.offset, from++);
}

TEST_P(JournalSubscriptionContract, everything_is_delivered_from_the_start_offset_on) {
    const auto count = log().partition_count();
    for (std::int32_t p = 0; p < count; ++p) append_many(log(), p, std::to_string(p) + "/", 50);
    subscribe([](std::int32_t partition) { return 10 + partition; });
    std::size_t expected = 0;
    for (std::int32_t p = 0; p < count; ++p) expected += static_cast<std::size_t>(40 - p);
    ASSERT_TRUE(poll_until_total(expected));
    for (std::int32_t p = 0; p < count; ++p) {
        ASSERT_EQ(got_.records[p].size(), static_cast<std::size_t>(40 - p));
        expect_contiguous(got_.records[p], 10 + p);
        EXPECT_EQ(got_.records[p].back().value, std::to_string(p) + "/49");
        append_many(log(), p, "later/", 1);
    }
    ASSERT_TRUE(poll_until_total(expected + static_cast<std::size_t>(count)));
    EXPECT_EQ(got_.records[0].back().value, "later/0");
    EXPECT_TRUE(got_.failed.empty());
}

TEST_P(JournalSubscriptionContract, a_start_offset_that_is_not_known_yet_is_asked_for_again) {
    append_many(log(), 0, "value ", 5);
    std::atomic<int> asked{0};
    subscribe([&](std::int32_t partition) -> std::optional<std::int64_t> {
        if (partition == 0 && asked++ < 2) return std::nullopt;
        return partition == 0 ? 3 : 0;
    });
    ASSERT_TRUE(poll_until_total(2));
    EXPECT_GE(asked, 3);
    expect_contiguous(got_.records[0], 3);
}

TEST_P(JournalSubscriptionContract, a_seek_replays_from_the_offset) {
    append_many(log(), 0, "value ", 30);
    subscribe(from_the_beginning);
    ASSERT_TRUE(poll_until_total(30));
    subscription_->seek(0, 12);
    got_ = {};
    ASSERT_TRUE(poll_until_total(18));
    expect_contiguous(got_.records[0], 12);
    EXPECT_EQ(got_.records[0].front().value, "value 12");
}

TEST_P(JournalSubscriptionContract, a_seek_in_the_middle_of_a_backlog_loses_and_repeats_nothing) {
    append_many(log(), 0, std::string(2000, 'x'), 600);
    subscribe(from_the_beginning);
    const journal::ReadLimits small{.records_max = 25};
    ASSERT_TRUE(poll_until_total(100, small));
    EXPECT_LE(got_.largest_batch, 25u);
    for (const std::int64_t target : {50, 51, 400, 10}) {
        subscription_->seek(0, target);
        got_ = {};
        ASSERT_TRUE(poll_until_total(75, small));
        expect_contiguous(got_.records[0], target);
    }
    ASSERT_TRUE(poll_until_total(590));
    expect_contiguous(got_.records[0], 10);
    EXPECT_TRUE(got_.failed.empty());
}

TEST_P(JournalSubscriptionContract, a_paused_partition_delivers_nothing_until_it_is_resumed) {
    append_many(log(), 0, "value ", 3);
    subscribe(from_the_beginning);
    ASSERT_TRUE(poll_until_total(3));
    subscription_->pause(0);
    append_many(log(), 0, "while paused ", 2);
    got_ = {};
    EXPECT_FALSE(poll_until(*subscription_, got_, [&] { return got_.total() > 0; }, {}, silence));
    subscription_->resume(0);
    ASSERT_TRUE(poll_until_total(2));
    EXPECT_EQ(got_.records[0].front().value, "while paused 0");
    expect_contiguous(got_.records[0], 3);
}

TEST_P(JournalSubscriptionContract, a_seek_does_not_resume_a_paused_partition) {
    append_many(log(), 0, "value ", 3);
    subscribe(from_the_beginning);
    ASSERT_TRUE(poll_until_total(3));
    subscription_->pause(0);
    subscription_->seek(0, 1);
    got_ = {};
    EXPECT_FALSE(poll_until(*subscription_, got_, [&] { return got_.total() > 0; }, {}, silence));
    subscription_->resume(0);
    ASSERT_TRUE(poll_until_total(2));
    expect_contiguous(got_.records[0], 1);
}

TEST_P(JournalSubscriptionContract, a_start_beyond_the_end_is_a_lost_tail_and_a_seek_recovers) {
    append_many(log(), 0, "value ", 3);
    subscribe([](std::int32_t partition) { return partition == 0 ? 7 : 0; });
    ASSERT_TRUE(poll_until(*subscription_, got_, [&] { return !got_.failed.empty(); }));
    EXPECT_EQ(got_.failed[0].partition, 0);
    EXPECT_EQ(got_.failed[0].error.kind, journal::JournalErrorKind::lost_tail);
    EXPECT_FALSE(poll_until(
        *subscription_, got_, [&] { return got_.failed.size() > 1; }, {}, silence))
        << "a failure is told once";
    subscription_->seek(0, 1);
    ASSERT_TRUE(poll_until_total(2));
    expect_contiguous(got_.records[0], 1);
}

TEST_P(JournalSubscriptionContract, a_waiting_poll_is_woken_by_an_append) {
    append_many(log(), 0, "value ", 1);
    subscribe(from_the_beginning);
    ASSERT_TRUE(poll_until_total(1));
    const auto begun = std::chrono::steady_clock::now();
    Outcomes outcomes;
    log().append(0, "key", "wakes", outcomes.slot());
    ASSERT_TRUE(poll_until_total(2, {.wait = patience}));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, patience / 2);
    EXPECT_EQ(outcomes.wait().at(0).result, AppendResult::appended);
}

TEST_P(JournalSubscriptionContract, progress_may_be_told_at_any_time) {
    append_many(log(), 0, "value ", 3);
    subscribe(from_the_beginning);
    ASSERT_TRUE(poll_until_total(3));
    subscription_->processed(0, 3);
    subscription_->processed(99, 3);  // a partition that is not owned
    append_many(log(), 0, "value ", 1);
    EXPECT_TRUE(poll_until_total(4));
}

// Ownership moves between processes on Kafka, and in memory for the simulator; SQLite has one
// process.
class SharedJournalContract : public JournalSubscriptionContract {};

INSTANTIATE_TEST_SUITE_P(Adapters, SharedJournalContract,
                         testing::Values(memory_adapter(), kafka_adapter()), adapter_name);

TEST_P(SharedJournalContract, two_subscriptions_share_the_partitions_and_hand_over_on_close) {
    for (const std::int32_t p : {0, 1}) append_many(log(), p, "first ", 3);
    subscribe(from_the_beginning);
    ASSERT_TRUE(poll_until_total(6)) << "the first one owns everything";
    Delivered second;
    auto joined = under_test_->subscriptions().subscribe(from_the_beginning);
    ASSERT_TRUE(poll_until(*subscription_, got_, [&] {
        second.add(joined->poll({.wait = std::chrono::milliseconds{10}}));
        return !second.records.empty() && !got_.revoked.empty();
    })) << "the second one gets a share, and the first one is told what it lost";
    const auto moved = second.records.begin()->first;
    expect_contiguous(second.records[moved], 0);
    EXPECT_EQ(second.records.size(), 1u) << "each owns one partition";

    subscription_.reset();
    ASSERT_TRUE(poll_until(*joined, second, [&] { return second.records.size() == 2; }))
        << "the second one takes over what the first one had";
    EXPECT_TRUE(second.failed.empty());
}

}  // namespace
}  // namespace outlay::tests
