// Promise: on every store, looking at one workspace after the other finds what differs from its
// events, tells the workspace once and once that it is over, and takes turns with others who look;
// what is right is never accused, also while it changes.
#include "workers/reconciliation.hpp"

#include "platform/json/value.hpp"
#include "tests/contract/lived_in_store.hpp"
#include "workers/repair.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using workers::Reconciliation;
using workers::ReconciliationOptions;
using Target = std::optional<Reconciliation::Target>;

class ReconciliationContract : public LivedInStore {
protected:
    Reconciliation made(const std::string& holder = "one", ReconciliationOptions options = {}) {
        return {*store_,
                clock_,
                2,
                holder,
                [this](std::int64_t) {
                    if (in_between) in_between();
                    return goes_on_;
                },
                options};
    }
    Target next(Reconciliation& work) {
        auto found = work.next();
        EXPECT_TRUE(found.ok()) << found.error();
        clock_.advance(1ms);
        return found.ok() ? *found : std::nullopt;
    }
    Reconciliation::Look look(Reconciliation& work, const Reconciliation::Target& target) {
        SqliteProjectorStore scratch;
        auto found = work.look(target, scratch.store());
        EXPECT_TRUE(found.ok()) << found.error();
        clock_.advance(1s);
        return found.ok() ? *found : Reconciliation::Look{};
    }
    // Looks at every workspace once; answers the rows that differ, by workspace.
    std::map<domain::WorkspaceId, std::int64_t> round() {
        auto work = made();
        std::map<domain::WorkspaceId, std::int64_t> differing;
        for (int tries = 0; differing.size() < homes_.size() && tries < 20; ++tries) {
            const auto target = next(work);
            if (!target) continue;
            const auto found = look(work, *target);
            EXPECT_GT(found.rows, 100);
            differing[target->workspace] = found.mismatch ? found.mismatch->differing : 0;
        }
        EXPECT_EQ(differing.size(), homes_.size());
        return differing;
    }
    void repair(const domain::WorkspaceId& home) {
        SqliteProjectorStore scratch;
        workers::Repair repair({*store_, scratch.store(), log_, clock_, "somebody"}, home,
                               [](std::int64_t) { return true; });
        ASSERT_TRUE(repair.look().ok());
        ASSERT_TRUE(repair.mend().ok());
        ASSERT_EQ(repair.look()->total(), 0);
        ASSERT_TRUE(repair.note_match().ok());
    }
    Lines told() {
        return rows_of(*store_,
                       "SELECT workspace, kind FROM outlay.outbox WHERE kind LIKE 'operations.%'");
    }
    std::string of(const domain::WorkspaceId& home, const std::string& kind) {
        return home.value.text() + "|operations." + kind;
    }
    workers::ReconciliationStatus status() {
        workers::ReconciliationStatus found;
        EXPECT_DONE(store_->transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
            auto read = workers::reconciliation_status(session);
            if (!read.ok()) return domain::Fail{read.error()};
            found = std::move(read).value();
            return domain::Done{};
        }));
        return found;
    }

    bool goes_on_ = true;
    std::function<void()> in_between;
};

TEST_P(ReconciliationContract, accuses_nothing_that_was_projected) {
    for (const auto& [home, differing] : round()) EXPECT_EQ(differing, 0) << home.text();
    EXPECT_EQ(told(), Lines{});
    const auto found = status();
    EXPECT_EQ(found.looks, 2);
    EXPECT_TRUE(found.mismatches.empty());
    EXPECT_NE(found.looked_at, "");
}

// From the last table that is compared to the first: so each is the first one that differs.
TEST_P(ReconciliationContract, finds_what_was_done_to_any_table) {
    auto work = made();
    const auto tables = workers::generation_tables();
    for (const auto* table : std::vector(tables.rbegin(), tables.rend())) {
        const std::string name(table->name);
        if (name == "read.rejections" || name == "read.gates") continue;
        ASSERT_GT(forge(*table, homes_[0]), 0) << name;
        const auto found = look(work, {homes_[0], scope(homes_[0]).partition});
        ASSERT_TRUE(found.mismatch) << name;
        EXPECT_EQ(found.mismatch->first.table, name);
    }
}

TEST_P(ReconciliationContract, tells_once_what_differs_and_once_that_it_is_over) {
    for (int times = 1; times <= 2; ++times) {
        ASSERT_GT(forge(*workers::generation_tables()[7], homes_[0]), 0);
        for (int rounds = 0; rounds < 2; ++rounds) {
            const auto differing = round();
            EXPECT_GT(differing.at(homes_[0]), 0);
            EXPECT_EQ(differing.at(homes_[1]), 0);
        }
        Lines expected(static_cast<std::size_t>(times), of(homes_[0], "rows_differ"));
        expected.insert(expected.end(), static_cast<std::size_t>(times - 1),
                        of(homes_[0], "rows_mended"));
        EXPECT_EQ(told(), expected);
        ASSERT_EQ(status().mismatches.size(), 1U);
        EXPECT_EQ(status().mismatches[0].workspace, homes_[0]);
        EXPECT_EQ(status().mismatches[0].first.table, "read.expenses");
        repair(homes_[0]);
        round();
        EXPECT_EQ(told().size(), 2U * static_cast<std::size_t>(times));
        EXPECT_TRUE(status().mismatches.empty());
    }
}

TEST_P(ReconciliationContract, names_no_content_to_the_workspace) {
    ASSERT_DONE(change(*store_, "UPDATE read.expenses SET note = 'a secret' WHERE workspace = $1",
                       {workers::cell(homes_[0])}));
    round();
    const auto rows = rows_of(*store_,
                              "SELECT payload FROM outlay.outbox WHERE kind ="
                              " 'operations.rows_differ'");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].find("secret"), std::string::npos);
    const auto document = json::parse(rows[0]);
    ASSERT_TRUE(document.ok());
    EXPECT_EQ(document->find("table")->text(), "expenses");
    EXPECT_NE(document->find("next_step")->text().find(homes_[0].text()), std::string::npos);
    EXPECT_EQ(status().mismatches[0].first.detail.find("note a secret; the journal says "), 0U);
}

TEST_P(ReconciliationContract, accuses_nobody_while_writing_goes_on) {
    auto work = made();
    int batches = 0;
    in_between = [&] {
        if (++batches > 3) return;
        history_->live(20);
        project();
    };
    for (int looks = 0; looks < 4;) {
        const auto target = next(work);
        if (!target) continue;
        batches = 0;
        const auto found = look(work, *target);
        EXPECT_FALSE(found.mismatch) << found.mismatch->first.table << found.mismatch->first.detail;
        ++looks;
    }
    EXPECT_EQ(told(), Lines{});
}

// The repair comes between the comparison and the transaction that notes what it found.
TEST_P(ReconciliationContract, says_nothing_of_rows_that_were_mended_meanwhile) {
    ASSERT_GT(forge(*workers::generation_tables()[7], homes_[0]), 0);
    bool is_due = false;
    FaultyStore store(*store_, [&] {
        if (std::exchange(is_due, false)) repair(homes_[0]);
        return StoreFault::none;
    });
    Reconciliation work(store, clock_, 2, "one", [](std::int64_t) { return true; });
    bool was_found = false;
    for (int tries = 0; tries < 10 && !was_found; ++tries) {
        const auto target = next(work);
        is_due = target && target->workspace == homes_[0];
        if (target) was_found = look(work, *target).mismatch.has_value();
    }
    EXPECT_TRUE(was_found);
    EXPECT_EQ(told(), Lines{});
    EXPECT_TRUE(status().mismatches.empty());
}

TEST_P(ReconciliationContract, takes_turns_with_others) {
    auto one = made("one");
    auto other = made("other");
    const auto first = next(one);
    const auto second = next(other);
    std::set<std::int32_t> partitions;
    for (const auto& target : {first, second}) {
        if (target) partitions.insert(target->partition);
    }
    EXPECT_EQ(partitions.size(), (first ? 1U : 0U) + (second ? 1U : 0U));
    if (first) {
        const auto again = next(one);
        ASSERT_TRUE(again) << "its own claim is no hindrance";
    }
    clock_.advance(16min);
    EXPECT_TRUE(next(other) || next(other)) << "a claim that was left behind ends";
}

TEST_P(ReconciliationContract, ends_when_it_is_told_to_and_goes_on_behind) {
    auto work = made();
    auto target = next(work);
    while (!target) target = next(work);
    goes_on_ = false;
    SqliteProjectorStore scratch;
    const auto ended = work.look(*target, scratch.store());
    ASSERT_FALSE(ended.ok());
    EXPECT_EQ(ended.error(), "ended on request");
    goes_on_ = true;
    ASSERT_TRUE(work.pass_over(*target).ok());
    EXPECT_EQ(status().looks, 0);
    round();
}

TEST_P(ReconciliationContract, passes_over_what_is_too_large) {
    auto work = made("one", {.commits_max = 10});
    auto target = next(work);
    while (!target) target = next(work);
    EXPECT_TRUE(target->is_too_large);
}

INSTANTIATE_TEST_SUITE_P(Stores, ReconciliationContract, every_store,
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace outlay::tests
