// Promise: on every store, verify finds the read models identical to the fold of the journal, and
// names the first row that is not, whatever was done to it.
#include "workers/verify.hpp"

#include "platform/memory/journal.hpp"
#include "tests/contract/store_subject.hpp"
#include "tests/property/projector_random_history.hpp"
#include "tests/unit/projector_doubles.hpp"
#include "workers/projection.hpp"
#include "workers/projector.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using property::RandomInput;
using workers::Verification;

class VerifyContract : public testing::TestWithParam<StoreKind> {
protected:
    void SetUp() override {
        subject_ = GetParam().make();
        ASSERT_NE(subject_, nullptr) << "OUTLAY_TEST_POSTGRES names no server";
        store_ = subject_->open({});
        const bool is_sqlite = std::string_view(GetParam().name) == "sqlite";
        ASSERT_DONE(workers::migrate(
            *store_, is_sqlite ? migrations::sqlite() : migrations::postgres(), clock_));
        RandomHistory(random_, author_).live(300);
        project();
    }
    void project() {
        workers::Projector projector({log_, everybody_, *store_, clock_, {}},
                                     {.limits = {.records_max = 64, .wait = 0ms}});
        for (int quiet = 0; quiet < 3;) {
            quiet = projector.step() ? 0 : quiet + 1;
            clock_.advance(3s);
        }
    }
    domain::Result<Verification, std::string> verified() {
        SqliteProjectorStore scratch;
        replayed_ = 0;
        return workers::verify(*store_, scratch.store(), log_, [this](std::int64_t records) {
            replayed_ += records;
            return goes_on_;
        });
    }
    // The difference after a statement that no projection ran.
    std::string difference_after(const std::string& statement) {
        EXPECT_TRUE(change(*store_, statement).ok()) << statement;
        const auto found = verified();
        EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error());
        if (!found.ok() || !found->difference) return "none";
        return found->difference->table + ": " + found->difference->detail;
    }

    RandomInput random_;
    ManualClock clock_;
    memory::MemoryJournal log_{2, clock_};
    EveryPartition everybody_{log_};
    Author author_{log_, clock_};
    std::unique_ptr<StoreSubject> subject_;
    std::unique_ptr<sql::Store> store_;
    std::int64_t replayed_ = 0;
    bool goes_on_ = true;
};

TEST_P(VerifyContract, finds_nothing_wrong_in_what_was_projected) {
    const auto found = verified();
    ASSERT_TRUE(found.ok()) << found.error();
    EXPECT_FALSE(found->difference) << found->difference->table << found->difference->detail;
    EXPECT_EQ(found->tables.size(), workers::generation_tables().size());
    EXPECT_EQ(found->records, *log_.end(0) + *log_.end(1));
    EXPECT_EQ(replayed_, found->records);
    const auto& expenses = found->tables.at(7);
    EXPECT_EQ(expenses.table, "read.expenses");
    EXPECT_EQ(expenses.rows, std::stoll(rows_of(*store_, "SELECT count(*) FROM read.expenses")[0]));
    EXPECT_EQ(expenses.digest.size(), 32U);
}

TEST_P(VerifyContract, tells_the_state_that_a_replay_into_another_store_comes_to) {
    const auto found = verified();
    ASSERT_TRUE(found.ok()) << found.error();
    ASSERT_TRUE(found->state);
    SqliteProjectorStore scratch;
    const auto replayed =
        workers::replay_state(scratch.store(), log_, [](std::int64_t) { return true; });
    ASSERT_TRUE(replayed.ok()) << replayed.error();
    EXPECT_EQ(found->state->text(), replayed->state->text());
    EXPECT_EQ(found->state->workspaces().size(), 2U);
    EXPECT_EQ(replayed->records, found->records);
}

TEST_P(VerifyContract, names_a_row_that_was_changed) {
    const auto difference = difference_after(
        "UPDATE read.expenses SET merchant = 'Somebody else' WHERE id ="
        " (SELECT id FROM read.expenses ORDER BY id LIMIT 1)");
    EXPECT_TRUE(difference.starts_with("read.expenses: merchant Somebody else; the journal says "))
        << difference;
}

TEST_P(VerifyContract, names_a_row_that_is_gone) {
    EXPECT_EQ(difference_after("DELETE FROM read.members WHERE id ="
                               " (SELECT id FROM read.members ORDER BY id DESC LIMIT 1)"),
              "read.members: is not there, but follows from the journal");
}

TEST_P(VerifyContract, names_a_row_that_nothing_made) {
    EXPECT_EQ(difference_after("INSERT INTO read.expense_tags SELECT workspace, 'forged', id"
                               " FROM read.expenses ORDER BY id LIMIT 1"),
              "read.expense_tags: is there, but does not follow from the journal");
}

TEST_P(VerifyContract, names_a_checkpoint_that_claims_more_than_was_read) {
    EXPECT_EQ(difference_after("UPDATE read.checkpoints SET chain_hash = 'x'").substr(0, 17),
              "read.checkpoints:");
}

TEST_P(VerifyContract, says_when_the_journal_ends_before_what_was_projected) {
    ASSERT_DONE(change(*store_, "UPDATE read.checkpoints SET next_offset = next_offset + 5"));
    const auto found = verified();
    ASSERT_FALSE(found.ok());
    EXPECT_NE(found.error().find("but was projected up to"), std::string::npos) << found.error();
}

TEST_P(VerifyContract, ends_when_it_is_told_to) {
    goes_on_ = false;
    const auto found = verified();
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error(), "ended on request");
}

INSTANTIATE_TEST_SUITE_P(Stores, VerifyContract, every_store,
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace outlay::tests
