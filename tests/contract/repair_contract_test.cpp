// Promise: on every store, whatever was done by hand to rows of a workspace, in whichever table, a
// repair finds it, puts it back and touches nothing else; projectors that go on forget what they
// remembered of wrong rows; nothing is told to anybody.
#include "workers/repair.hpp"

#include "tests/contract/lived_in_store.hpp"

namespace outlay::tests {
namespace {

using workers::Damage;
using workers::Repair;

class RepairContract : public LivedInStore {
protected:
    std::unique_ptr<Repair> repair_of(const domain::WorkspaceId& home) {
        scratch_ = std::make_unique<SqliteProjectorStore>();
        return std::make_unique<Repair>(
            workers::RepairParts{*store_, scratch_->store(), log_, clock_, "somebody"}, home,
            [this](std::int64_t) { return goes_on_; });
    }
    Damage damage_of(Repair& repair) {
        auto found = repair.look();
        EXPECT_TRUE(found.ok()) << found.error();
        return found.ok() ? std::move(found).value() : Damage{};
    }
    // Looks and mends until nothing differs; answers what the first look found.
    Damage mended(const domain::WorkspaceId& home) {
        const auto repair = repair_of(home);
        auto first = damage_of(*repair);
        for (auto damage = first; damage.total() > 0; damage = damage_of(*repair)) {
            const auto replaced = repair->mend();
            EXPECT_TRUE(replaced.ok()) << replaced.error();
            if (!replaced.ok()) break;
        }
        return first;
    }

    std::unique_ptr<SqliteProjectorStore> scratch_;
    bool goes_on_ = true;
};

TEST_P(RepairContract, finds_nothing_to_mend_in_what_was_projected) {
    const auto before = dump_of(*store_);
    const auto damage = mended(homes_[0]);
    EXPECT_EQ(damage.total(), 0) << damage.differences.front().detail;
    EXPECT_GT(damage.rows, 100);
    EXPECT_EQ(damage.records, *log_.end(scope(homes_[0]).partition));
    EXPECT_EQ(dump_of(*store_), before);
    EXPECT_EQ(rows_of(*store_, "SELECT detail FROM outlay.operator_audit"), Lines{});
}

TEST_P(RepairContract, puts_rows_of_every_table_back) {
    const auto before = dump_of(*store_);
    std::map<std::string, std::int64_t> forgeries;
    for (const auto* table : workers::generation_tables()) {
        if (const auto count = forge(*table, homes_[0]); count > 0)
            forgeries[std::string(table->name)] = count;
    }
    forgeries["read.gates"] = 1;
    ASSERT_DONE(change(*store_,
                       "INSERT INTO read.gates (log_partition, log_offset, kind, workspace)"
                       " VALUES ($1, 3, 'seal', $2)",
                       {workers::cell(scope(homes_[0]).partition), workers::cell(homes_[0])}));
    EXPECT_EQ(forgeries.size(), workers::generation_tables().size());
    const auto damage = mended(homes_[0]);
    EXPECT_EQ(damage.by_table, forgeries);
    EXPECT_EQ(damage.differences.size(), static_cast<std::size_t>(damage.total()));
    auto after = dump_of(*store_);
    after["read.checkpoints"] = before.at("read.checkpoints");
    EXPECT_EQ(after, before);
    expect_identical();
    EXPECT_EQ(one("SELECT operator, action FROM outlay.operator_audit"), "somebody|repair");
    EXPECT_NE(one("SELECT detail FROM outlay.operator_audit")
                  .find("\"rows\":" + std::to_string(damage.total())),
              std::string::npos);
}

TEST_P(RepairContract, finds_rows_that_were_given_to_another_workspace) {
    ASSERT_DONE(change(*store_,
                       "UPDATE read.rejections SET workspace = $1 WHERE workspace = $2"
                       " AND log_partition = $3",
                       {workers::cell(homes_[1]), workers::cell(homes_[0]),
                        workers::cell(scope(homes_[0]).partition)}));
    EXPECT_GT(mended(homes_[0]).by_table["read.rejections"], 0);
    expect_identical();
}

TEST_P(RepairContract, leaves_another_workspace_alone) {
    const auto forgeries = forge(*workers::generation_tables()[7], homes_[1]);
    ASSERT_GT(forgeries, 0);
    EXPECT_EQ(mended(homes_[0]).total(), 0);
    EXPECT_EQ(mended(homes_[1]).total(), forgeries);
    expect_identical();
}

// A projector counts budgets in memory: it has seen the wrong sum, and would write it again.
TEST_P(RepairContract, makes_projectors_forget_what_was_wrong) {
    ASSERT_DONE(change(*store_, "UPDATE read.budget_usage SET spent_minor = spent_minor + 7"));
    ASSERT_DONE(change(*store_, "UPDATE read.spending SET amount_minor = amount_minor + 7"));
    projector_->stop();  // what it knew from before
    history_->live(60);
    project();
    for (const auto& home : homes_) EXPECT_GT(mended(home).total(), 0);
    history_->live(60);
    project();
    expect_identical();
}

TEST_P(RepairContract, goes_on_where_it_was_ended) {
    ASSERT_GT(forge(*workers::generation_tables()[7], homes_[0]), 0);
    goes_on_ = false;
    const auto ended = repair_of(homes_[0])->look();
    ASSERT_FALSE(ended.ok());
    EXPECT_EQ(ended.error(), "ended on request");
    goes_on_ = true;
    EXPECT_GT(mended(homes_[0]).total(), 0);
    expect_identical();
}

TEST_P(RepairContract, mends_rows_that_were_projected_on_in_between) {
    const auto repair = repair_of(homes_[0]);
    ASSERT_DONE(change(*store_, "UPDATE read.expenses SET note = 'forged', amount_minor = 1"));
    EXPECT_GT(damage_of(*repair).total(), 0);
    history_->live(60);
    project();
    ASSERT_TRUE(repair->mend().ok());
    for (const auto& home : homes_) mended(home);
    expect_identical();
}

// The partition stands still at the first record that builds on an event that is gone.
TEST_P(RepairContract, lets_a_partition_go_on_that_a_lost_row_halted) {
    ASSERT_DONE(change(*store_, "DELETE FROM read.events WHERE version > 1"));
    projector_->stop();  // what it knew from before
    history_->live(60);
    project();
    ASSERT_NE(rows_of(*store_, "SELECT 1 FROM read.checkpoints WHERE halt_cause IS NOT NULL"),
              Lines{});
    for (const auto& home : homes_) EXPECT_GT(mended(home).by_table["read.events"], 0);
    project();
    EXPECT_EQ(rows_of(*store_, "SELECT halt_cause FROM read.checkpoints"), (Lines{"~", "~"}));
    EXPECT_EQ(one("SELECT sum(next_offset) FROM read.checkpoints"),
              std::to_string(*log_.end(0) + *log_.end(1)));
    for (const auto& home : homes_) mended(home);
    expect_identical();
}

TEST_P(RepairContract, refuses_a_journal_that_is_not_the_one_that_was_projected) {
    ASSERT_DONE(change(*store_, "UPDATE read.checkpoints SET chain_hash = 'x'"));
    const auto found = repair_of(homes_[0])->look();
    ASSERT_FALSE(found.ok());
    EXPECT_TRUE(found.error().starts_with("the journal is not the one that was projected"));
}

TEST_P(RepairContract, waits_while_a_rebuild_holds_the_read_models) {
    ASSERT_GT(forge(*workers::generation_tables()[7], homes_[0]), 0);
    const auto repair = repair_of(homes_[0]);
    ASSERT_GT(damage_of(*repair).total(), 0);
    ASSERT_DONE(change(*store_, "UPDATE read.checkpoints SET mode = 'frozen'"));
    const auto refused = repair->mend();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error(), "the read models stand still for a rebuild");
    ASSERT_DONE(change(*store_, "UPDATE read.checkpoints SET mode = 'active'"));
    EXPECT_TRUE(repair->mend().ok());
    expect_identical();
}

INSTANTIATE_TEST_SUITE_P(Stores, RepairContract, every_store,
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace outlay::tests
