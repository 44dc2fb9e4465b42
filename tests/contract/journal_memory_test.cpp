// Promise: the faults of the memory journal are the faults of a real log, no more and no less, so
// that tests and the simulator meet what production can meet.
#include "platform/memory/journal.hpp"

#include "tests/contract/journal_under_test.hpp"

namespace outlay::tests {
namespace {

using journal::AppendResult;
using journal::JournalErrorKind;
using memory::AppendFault;

constexpr journal::ReadLimits at_once{.wait = std::chrono::milliseconds{0}};

class MemoryJournalFaults : public testing::Test {
protected:
    platform::SystemClock clock_;
    memory::MemoryJournal journal_{2, clock_};

    std::int64_t end() { return journal_.end(0).value(); }
};

TEST_F(MemoryJournalFaults, an_append_fault_hits_one_append_and_writes_only_what_it_says) {
    struct Case {
        AppendFault fault;
        AppendResult result;
        int written;
    };
    const Case cases[] = {{AppendFault::lost_ack, AppendResult::unknown, 1},
                          {AppendFault::lost_append, AppendResult::unknown, 0},
                          {AppendFault::somewhere, AppendResult::appended_somewhere, 1},
                          {AppendFault::refused, AppendResult::refused, 0},
                          {AppendFault::not_written, AppendResult::not_written, 0}};
    for (const auto& [fault, result, written] : cases) {
        const auto before = end();
        journal_.fail_next_append(fault);
        EXPECT_EQ(append(journal_, 0, "value").result, result);
        EXPECT_EQ(end(), before + written);
        EXPECT_EQ(append(journal_, 0, "value").result, AppendResult::appended);
    }
}

TEST_F(MemoryJournalFaults, a_truncated_tail_is_gone_and_reading_beyond_it_tells) {
    append_many(journal_, 0, "value ", 5);
    journal_.truncate(0, 3);
    EXPECT_EQ(end(), 3);
    EXPECT_EQ(journal_.read(0, 5, at_once).error().kind, JournalErrorKind::lost_tail);
    EXPECT_EQ(append(journal_, 0, "other").position.offset, 3);
}

TEST_F(MemoryJournalFaults, a_corrupt_record_is_told_after_the_good_ones_before_it) {
    append_many(journal_, 0, "value ", 5);
    journal_.corrupt(0, 2);
    EXPECT_EQ(journal_.read(0, 0, at_once)->size(), 2u);
    EXPECT_EQ(journal_.read(0, 2, at_once).error().kind, JournalErrorKind::corrupt);
    EXPECT_EQ(journal_.read(0, 3, at_once)->size(), 2u);
}

TEST_F(MemoryJournalFaults, an_interruption_is_told_before_the_next_batch) {
    append_many(journal_, 0, "value ", 1);
    const auto subscription = journal_.subscribe([](std::int32_t) { return 0; });
    EXPECT_TRUE(std::holds_alternative<journal::Batch>(subscription->poll(at_once)));
    append_many(journal_, 0, "value ", 1);
    journal_.interrupt(0);
    EXPECT_TRUE(std::holds_alternative<journal::Interrupted>(subscription->poll(at_once)));
    EXPECT_TRUE(std::holds_alternative<journal::Batch>(subscription->poll(at_once)));
    EXPECT_TRUE(std::holds_alternative<journal::Idle>(subscription->poll(at_once)));
}

TEST_F(MemoryJournalFaults, an_outage_refuses_appends_and_reads_and_interrupts_when_it_ends) {
    const auto subscription = journal_.subscribe([](std::int32_t) { return 0; });
    append_many(journal_, 0, "value ", 1);
    journal_.set_available(false);
    EXPECT_EQ(append(journal_, 0, "value").result, AppendResult::not_written);
    EXPECT_EQ(journal_.read(0, 0, at_once).error().kind, JournalErrorKind::unavailable);
    EXPECT_EQ(journal_.end(0).error().kind, JournalErrorKind::unavailable);
    EXPECT_TRUE(std::holds_alternative<journal::Idle>(subscription->poll(at_once)));
    journal_.set_available(true);
    EXPECT_TRUE(std::holds_alternative<journal::Interrupted>(subscription->poll(at_once)));
    EXPECT_TRUE(std::holds_alternative<journal::Interrupted>(subscription->poll(at_once)));
    EXPECT_TRUE(std::holds_alternative<journal::Batch>(subscription->poll(at_once)));
}

TEST_F(MemoryJournalFaults, held_outcomes_come_in_order_when_they_are_released) {
    journal_.hold_outcomes();
    std::vector<std::int64_t> order;
    for (int i = 0; i < 3; ++i) {
        journal_.append(0, "key", "value", [&](journal::AppendOutcome outcome) {
            order.push_back(outcome.position.offset);
        });
    }
    EXPECT_TRUE(order.empty());
    EXPECT_EQ(end(), 3) << "the records are there, only their outcomes are not";
    journal_.release_outcomes();
    EXPECT_EQ(order, (std::vector<std::int64_t>{0, 1, 2}));
}

}  // namespace
}  // namespace outlay::tests
