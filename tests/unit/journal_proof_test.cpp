// Promise: whatever was done to a journal, its proof names the first position that cannot be right:
// what breaks its own history without a store, and everything else beside the store that was
// projected from it.
#include "workers/journal_proof.hpp"

#include "platform/memory/journal.hpp"
#include "tests/property/projector_random_history.hpp"
#include "workers/verify.hpp"

namespace outlay::tests {
namespace {

using journal::Record;
using property::RandomInput;

bool quietly(std::int64_t) {
    return true;
}

class JournalProof : public testing::Test {
protected:
    JournalProof() {
        RandomHistory(random_, author_).live(150);
        EXPECT_TRUE(workers::replay_state(scratch_.store(), log_, quietly).ok());
        partition_ = *log_.end(0) > *log_.end(1) ? 0 : 1;  // where more happened
        auto read = log_.read(partition_, 0, {.records_max = 10'000, .bytes_max = 100 << 20});
        EXPECT_TRUE(read.ok());
        records_ = std::move(read).value();
    }
    // Of a journal that holds these records.
    std::optional<workers::BadPosition> bad_in(const std::vector<Record>& records,
                                               sql::Store* store) {
        ManualClock clock;
        memory::MemoryJournal copy(2, clock);
        for (const auto& record : records) {
            clock.advance(std::chrono::milliseconds{
                (record.appended_at.micros - clock.now().micros) / 1'000});
            copy.append(partition_, record.key, record.value, [](const journal::AppendOutcome&) {});
        }
        const auto found = workers::prove_partition(copy, partition_, store, quietly);
        EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error().detail);
        return found.ok() ? found->bad : std::nullopt;
    }
    std::size_t any_record(std::size_t least = 1) {
        return static_cast<std::size_t>(random_.number(
            static_cast<std::int64_t>(least), static_cast<std::int64_t>(records_.size()) - 2));
    }

    RandomInput random_;
    ManualClock clock_;
    memory::MemoryJournal log_{2, clock_};
    Author author_{log_, clock_};
    SqliteProjectorStore scratch_;
    std::vector<Record> records_;
    std::int32_t partition_ = 0;
};

TEST_F(JournalProof, finds_nothing_in_a_healthy_journal) {
    const auto found = workers::prove_partition(log_, partition_, &scratch_.store(), quietly);
    ASSERT_TRUE(found.ok());
    ASSERT_FALSE(found->bad) << found->bad->position.text() << found->bad->detail;
    EXPECT_EQ(found->records, *log_.end(partition_));
    EXPECT_EQ(found->compared, *log_.end(partition_));
    EXPECT_FALSE(bad_in(records_, &scratch_.store()));
}

TEST_F(JournalProof, names_an_unreadable_record) {
    const auto at = static_cast<std::int64_t>(any_record());
    const auto before = workers::prove_partition(log_, partition_, nullptr, quietly);
    log_.corrupt(partition_, at);
    const auto found = workers::prove_partition(log_, partition_, nullptr, quietly);
    ASSERT_TRUE(found.ok() && found->bad);
    const auto first = before->bad ? std::min(before->bad->position.offset, at) : at;
    EXPECT_EQ(found->bad->position.offset, first);
}

// Only records that were facts: of the others the store knows no bytes.
TEST_F(JournalProof, names_what_was_done_to_facts) {
    journal::Walk walk(log_, partition_);
    std::vector<std::size_t> facts;
    for (std::size_t at = 0; at < records_.size(); ++at) {
        const auto step = walk.next(*log_.end(partition_));
        ASSERT_TRUE(step.ok() && *step);
        // A copy of it behind it would take its place unseen.
        const bool is_repeated =
            at + 1 < records_.size() && records_[at + 1].value == records_[at].value;
        if (!is_repeated && (*step)->judgement.verdict == journal::Verdict::admitted)
            facts.push_back(at);
    }
    for (int round = 0; round < 40; ++round) {
        auto changed = records_;
        const auto at = facts[static_cast<std::size_t>(
            random_.number(0, static_cast<std::int64_t>(facts.size()) - 1))];
        const auto place = changed.begin() + static_cast<std::ptrdiff_t>(at);
        switch (round % 4) {
            case 0: {  // a digit of the time, which nothing else depends on
                const auto digit = place->value.find("\"decided_at\":\"") + 15;
                place->value[digit] = place->value[digit] == '0' ? '1' : '0';
                break;
            }
            case 1:
                changed.erase(place);
                break;
            case 2:
                if (at + 1 == changed.size()) continue;
                std::iter_swap(place, place + 1);
                break;
            case 3:
                changed.insert(place, changed.front());
                break;
        }
        const auto bad = bad_in(changed, &scratch_.store());
        ASSERT_TRUE(bad) << round;
        EXPECT_EQ(bad->position.offset, static_cast<std::int64_t>(at))
            << round << ": " << bad->detail;
    }
}

TEST_F(JournalProof, finds_a_lost_workspace_without_a_store) {
    auto changed = records_;
    changed.erase(changed.begin() + 1);
    const auto bad = bad_in(changed, nullptr);
    ASSERT_TRUE(bad);
    EXPECT_EQ(bad->position.offset, 1);
    EXPECT_TRUE(bad->detail.starts_with("halt (head)")) << bad->detail;
}

TEST_F(JournalProof, sees_by_the_running_hash_what_no_row_tells) {
    auto changed = records_;
    changed[any_record()].key += "x";
    EXPECT_TRUE(bad_in(changed, &scratch_.store()));
    EXPECT_TRUE(bad_in({}, &scratch_.store()));
}

}  // namespace
}  // namespace outlay::tests
