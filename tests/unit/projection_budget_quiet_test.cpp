// Promise: what is raised of a muted budget is told to nobody, nor is its end; a snoozed alert
// stays what it is; funds that move change both budgets or none, and both are looked at.
#include "tests/unit/projector_household.hpp"
#include "workers/projections/alerts.hpp"

namespace outlay::tests {
namespace {

using domain::budget::MuteBudget;
using domain::budget::SnoozeAlert;
using domain::budget::UnmuteBudget;

// Budgets are over all spending and told of at 100 percent.
class Quiet : public Household {
protected:
    domain::BudgetId create_budget() { return Household::create_budget({{100, {}}}); }
    const domain::budget::Budget& budget(const domain::BudgetId& id) {
        return std::get<domain::budget::Budget>(author_.state(home_, id.text()));
    }
    domain::AlertId first_alert(const domain::BudgetId& id) {
        return workers::alerts::alert_id(budget(id).thresholds.front().id, day("2026-11-01"), 1);
    }
    // One commit over two budgets, as a node writes it.
    std::string move_record(const domain::BudgetId& from, const domain::BudgetId& to,
                            std::int64_t minor) {
        auto commit = author_.empty_commit(home_);
        const domain::Context context{commit.actor, commit.decided_at, author_.today(),
                                      commit.command, journal::derived_id};
        const domain::budget::MoveFunds command{
            from, to, author_.today(), {minor, currency("EUR")}};
        auto moved = decide(budget(from), budget(to), command, context);
        EXPECT_TRUE(moved.ok());
        const auto propose = [&](const domain::BudgetId& id, domain::budget::Event event) {
            const auto head = author_.head(home_, id.text());
            commit.events.push_back(
                {id.text(), head.version + 1, head.hash, domain::Event(std::move(event))});
        };
        propose(to, moved->to);
        propose(from, moved->from);
        return journal::encode(commit).value;
    }
    Lines answer(std::string_view query) {
        project();
        return rows_of(files_.store(), std::string(query));
    }
    Lines told() { return answer("SELECT kind FROM outlay.outbox"); }
};

TEST_F(Quiet, a_muted_budget_raises_and_resolves_and_tells_nobody) {
    const auto id = create_budget();
    ASSERT_TRUE(author_.ask_budget(home_, id, MuteBudget{}));
    const auto expense = author_.record(home_, 1000, "2026-11-05");
    EXPECT_EQ(answer("SELECT state, muted FROM read.alerts"), Lines{"raised|1"});
    ASSERT_TRUE(author_.ask_budget(home_, id, UnmuteBudget{}));
    ASSERT_TRUE(author_.ask_expense(home_, expense, domain::expense::VoidExpense{}));
    EXPECT_EQ(answer("SELECT state, muted FROM read.alerts"), Lines{"resolved|1"});
    EXPECT_EQ(told(), Lines{}) << "nobody knew of its beginning";
    ASSERT_TRUE(author_.ask_expense(home_, expense, domain::expense::RestoreExpense{}));
    EXPECT_EQ(told(), Lines{"alert.raised"});
}

TEST_F(Quiet, the_end_of_what_was_told_is_told_though_the_budget_is_muted_by_then) {
    const auto id = create_budget();
    const auto expense = author_.record(home_, 1000, "2026-11-05");
    ASSERT_TRUE(author_.ask_budget(home_, id, MuteBudget{}));
    project();
    ASSERT_TRUE(author_.ask_expense(home_, expense, domain::expense::VoidExpense{}));
    EXPECT_EQ(told(), (Lines{"alert.raised", "alert.resolved"}));
}

TEST_F(Quiet, a_mute_ends_with_its_time_by_the_commits_own_clock) {
    const auto id = create_budget();
    MuteBudget mute;
    mute.until = domain::Instant{author_.now().micros + 60'000'000};
    ASSERT_TRUE(author_.ask_budget(home_, id, mute));
    author_.record(home_, 1000, "2026-10-05");
    EXPECT_EQ(told(), Lines{});
    clock_.advance(std::chrono::minutes{1});
    author_.record(home_, 1000, "2026-11-05");
    EXPECT_EQ(answer("SELECT period_start, muted FROM read.alerts"),
              (Lines{"2026-10-01|1", "2026-11-01|0"}));
    EXPECT_EQ(told(), Lines{"alert.raised"});
}

TEST_F(Quiet, a_snoozed_alert_stays_what_it_is_until_it_is_resolved) {
    const auto id = create_budget();
    const auto expense = author_.record(home_, 1000, "2026-11-05");
    const domain::Instant until{author_.now().micros + 60'000'000};
    const domain::Instant other{until.micros + 1};
    ASSERT_TRUE(author_.ask_budget(home_, id, SnoozeAlert{first_alert(id), until}));
    constexpr std::string_view query =
        "SELECT state, changes, snoozed_until IS NULL FROM read.alerts";
    EXPECT_EQ(answer(query), Lines{"raised|1|0"});
    ASSERT_TRUE(author_.ask_expense(home_, expense, domain::expense::VoidExpense{}));
    EXPECT_EQ(answer(query), Lines{"resolved|1|0"});
    EXPECT_EQ(told(), (Lines{"alert.raised", "alert.resolved"})) << "its end is told";
    ASSERT_TRUE(author_.ask_budget(home_, id, SnoozeAlert{first_alert(id), other}));
    EXPECT_EQ(answer(query), Lines{"resolved|1|0"}) << "too late";
}

TEST_F(Quiet, funds_that_move_are_seen_by_both_budgets) {
    const auto from = create_budget();
    const auto to = create_budget();
    author_.record(home_, 900, "2026-11-05");
    EXPECT_EQ(answer("SELECT 1 FROM read.alerts"), Lines{});
    author_.append(author_.partition_of(home_), move_record(from, to, 100));
    EXPECT_EQ(answer("SELECT budget, state, level, cause, limit_minor FROM read.alerts"),
              Lines{from.value.text() + "|raised|reached|rule_changed|900"});
    Lines funds{from.value.text() + R"(|[{"period":"2026-11-01","minor":-100}])",
                to.value.text() + R"(|[{"period":"2026-11-01","minor":100}])"};
    std::ranges::sort(funds);
    EXPECT_EQ(answer("SELECT id, funds FROM read.budgets"), funds);
}

TEST_F(Quiet, funds_stay_where_they_are_if_one_of_the_budgets_changed_meanwhile) {
    const auto from = create_budget();
    const auto to = create_budget();
    const auto record = move_record(from, to, 100);
    ASSERT_TRUE(author_.ask_budget(home_, to, domain::budget::PauseBudget{}));
    author_.append(author_.partition_of(home_), record);
    EXPECT_EQ(answer("SELECT funds FROM read.budgets"), (Lines{"[]", "[]"}));
    EXPECT_EQ(answer("SELECT verdict FROM read.rejections"), Lines{"stale"});
}

}  // namespace
}  // namespace outlay::tests
