// Promise: every crossing of a threshold that an expense causes fires once, in whichever period it
// falls; a change of rules fires in the current period only; falling back resolves and re-arms.
#include "tests/unit/projector_household.hpp"
#include "workers/projections/alerts.hpp"

namespace outlay::tests {
namespace {

using domain::budget::EditBudget;
using domain::budget::NewThreshold;
using domain::budget::Scope;

// Budgets are over all spending and told of at 80 and 100 percent, unless a test says otherwise.
class Alerts : public Household {
protected:
    domain::BudgetId create_budget(Scope scope = {},
                                   std::vector<NewThreshold> thresholds = {{80, {}}, {100, {}}}) {
        return Household::create_budget(std::move(thresholds), std::move(scope));
    }
    // "period start|percent or ~|crossing|state|cause|spent" of every alert.
    Lines alerts() {
        project();
        return rows_of(files_.store(),
                       "SELECT period_start, percent, crossing, state, cause, spent_minor FROM "
                       "read.alerts");
    }
    Lines told() { return rows_of(files_.store(), "SELECT kind FROM outlay.outbox"); }
    void void_expense(const domain::ExpenseId& id) {
        EXPECT_TRUE(author_.ask_expense(home_, id, domain::expense::VoidExpense{}));
    }
};

TEST_F(Alerts, fire_when_a_threshold_is_reached_exactly_and_not_before) {
    create_budget();
    author_.record(home_, 799, "2026-11-01");
    EXPECT_EQ(alerts(), Lines{});
    author_.record(home_, 1, "2026-11-02");
    EXPECT_EQ(alerts(), Lines{"2026-11-01|80|1|raised|recorded|800"});
    EXPECT_EQ(told(), Lines{"alert.raised"});
}

TEST_F(Alerts, are_two_when_one_expense_crosses_two_thresholds) {
    create_budget();
    author_.record(home_, 1000, "2026-11-01");
    EXPECT_EQ(alerts(), (Lines{"2026-11-01|100|1|raised|recorded|1000",
                               "2026-11-01|80|1|raised|recorded|1000"}));
}

TEST_F(Alerts, fire_in_the_period_of_a_late_expense_and_name_what_they_rest_on) {
    const auto budget = create_budget({}, {{100, {}}});
    const auto expense = author_.record(home_, 1500, "2025-03-15");
    const auto offset = author_.history().back().position.offset;
    EXPECT_EQ(alerts(), Lines{"2025-03-01|100|1|raised|recorded|1500"});
    EXPECT_EQ(
        rows_of(files_.store(),
                "SELECT budget, period_end, limit_minor, expense, log_offset FROM read.alerts"),
        Lines{budget.value.text() + "|2025-03-31|1000|" + expense.value.text() + "|" +
              std::to_string(offset)});
}

TEST_F(Alerts, are_resolved_when_spending_falls_back_and_fire_again_at_the_next_crossing) {
    create_budget({}, {{100, {}}});
    const auto first = author_.record(home_, 1000, "2026-11-01");
    void_expense(first);
    EXPECT_EQ(alerts(), Lines{"2026-11-01|100|1|resolved|recorded|1000"});
    ASSERT_TRUE(author_.ask_expense(home_, first, domain::expense::RestoreExpense{}));
    EXPECT_EQ(alerts(), (Lines{"2026-11-01|100|1|resolved|recorded|1000",
                               "2026-11-01|100|2|raised|restored|1000"}));
    EXPECT_EQ(told(), (Lines{"alert.raised", "alert.raised", "alert.resolved"}));
}

TEST_F(Alerts, follow_an_expense_that_is_moved_to_another_period) {
    create_budget({}, {{100, {}}});
    const auto id = author_.record(home_, 1000, "2026-11-01");
    domain::expense::AmendExpense amend;
    amend.spent_on = day("2026-10-31");
    ASSERT_TRUE(author_.ask_expense(home_, id, amend));
    EXPECT_EQ(alerts(), (Lines{"2026-10-01|100|1|raised|amended|1000",
                               "2026-11-01|100|1|resolved|recorded|1000"}));
}

TEST_F(Alerts, fire_for_the_current_period_only_when_a_budget_is_new) {
    author_.record(home_, 1000, "2026-10-05");
    author_.record(home_, 1000, "2026-11-05");
    create_budget({}, {{100, {}}});
    EXPECT_EQ(alerts(), Lines{"2026-11-01|100|1|raised|rule_changed|1000"});
    // October is above already, without an alert: more spending there crosses nothing.
    const auto more = author_.record(home_, 1, "2026-10-06");
    EXPECT_EQ(alerts().size(), 1U);
    void_expense(more);
    EXPECT_EQ(alerts().size(), 1U);
}

TEST_F(Alerts, of_periods_to_come_wait_for_more_than_a_change_of_rules) {
    const auto ahead = author_.record(home_, 1000, "2026-12-05");
    create_budget({}, {{100, {}}});
    EXPECT_EQ(alerts(), Lines{});
    const auto held = [&] {
        return rows_of(files_.store(),
                       "SELECT period_start, above, held FROM read.threshold_states");
    };
    EXPECT_EQ(held(), Lines{"2026-12-01|0|1"});
    author_.record(home_, 1, "2026-12-06");
    EXPECT_EQ(alerts(), Lines{"2026-12-01|100|1|raised|recorded|1001"});
    EXPECT_EQ(held(), Lines{"2026-12-01|1|0"});
    void_expense(ahead);
    EXPECT_EQ(alerts(), Lines{"2026-12-01|100|1|resolved|recorded|1001"});
    EXPECT_EQ(told(), (Lines{"alert.raised", "alert.resolved"}));
}

TEST_F(Alerts, of_periods_to_come_are_raised_by_a_change_of_rules_once_they_have_begun) {
    const auto ahead = author_.record(home_, 1000, "2026-12-05");
    const auto budget = create_budget({}, {{100, {}}});
    EditBudget edit;
    edit.limit = domain::Money{900, currency("EUR")};
    ASSERT_TRUE(author_.ask_budget(home_, budget, edit));
    EXPECT_EQ(alerts(), Lines{});
    author_.set_today(day("2026-12-02"));
    edit.limit = domain::Money{800, currency("EUR")};
    ASSERT_TRUE(author_.ask_budget(home_, budget, edit));
    EXPECT_EQ(alerts(), Lines{"2026-12-01|100|1|raised|rule_changed|1000"});
    void_expense(ahead);
    EXPECT_EQ(alerts(), Lines{"2026-12-01|100|1|resolved|rule_changed|1000"});
}

TEST_F(Alerts, see_no_difference_between_silent_and_loud_periods_once_spending_fell_back) {
    const auto old = author_.record(home_, 1000, "2026-10-05");
    create_budget({}, {{100, {}}});
    void_expense(old);
    EXPECT_EQ(alerts(), Lines{});
    author_.record(home_, 1000, "2026-10-07");
    EXPECT_EQ(alerts(), Lines{"2026-10-01|100|1|raised|recorded|1000"});
}

TEST_F(Alerts, raise_by_a_new_limit_in_the_current_period_only_and_end_in_all) {
    const auto budget = create_budget({}, {{100, {}}});
    author_.record(home_, 1000, "2026-10-05");
    author_.record(home_, 1000, "2026-11-05");
    const auto revise = [&](std::int64_t minor, std::string_view from) {
        EditBudget edit;
        edit.limit = domain::Money{minor, currency("EUR")};
        edit.limit_from = day(from);
        edit.reason = domain::FreeText{"as we agreed"};
        ASSERT_TRUE(author_.ask_budget(home_, budget, edit));
    };
    revise(2000, "2026-10-01");
    EXPECT_EQ(alerts(), (Lines{"2026-10-01|100|1|resolved|recorded|1000",
                               "2026-11-01|100|1|resolved|recorded|1000"}));
    EXPECT_EQ(told(), (Lines{"alert.raised", "alert.raised", "alert.resolved", "alert.resolved"}));
    revise(500, "2026-10-01");
    EXPECT_EQ(alerts().size(), 3U) << "October is above again, in silence";
    EXPECT_EQ(alerts().back(), "2026-11-01|100|2|raised|rule_changed|1000");
}

TEST_F(Alerts, follow_a_category_that_moves_into_a_scope_and_out_of_it) {
    const auto food = author_.create_category(home_, "Food");
    const auto sweets = author_.create_category(home_, "Sweets");
    create_budget({.categories = {food}}, {{100, {}}});
    author_.record(home_, 1000, "2026-11-05", sweets);
    EXPECT_EQ(alerts(), Lines{});
    ASSERT_TRUE(author_.ask_categories(home_, domain::categories::MoveCategory{sweets, food}));
    EXPECT_EQ(alerts(), Lines{"2026-11-01|100|1|raised|rule_changed|1000"});
    ASSERT_TRUE(
        author_.ask_categories(home_, domain::categories::MoveCategory{sweets, std::nullopt}));
    EXPECT_EQ(alerts(), Lines{"2026-11-01|100|1|resolved|rule_changed|1000"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT spent_minor FROM read.budget_usage"), Lines{});
}

TEST_F(Alerts, are_silent_while_a_budget_is_archived_though_it_is_counted_on) {
    const auto budget = create_budget({}, {{100, {}}});
    ASSERT_TRUE(author_.ask_budget(home_, budget, domain::budget::ArchiveBudget{}));
    author_.record(home_, 1000, "2026-10-05");
    author_.record(home_, 1000, "2026-11-05");
    EXPECT_EQ(alerts(), Lines{});
    EXPECT_EQ(rows_of(files_.store(), "SELECT period_start, spent_minor FROM read.budget_usage"),
              (Lines{"2026-10-01|1000", "2026-11-01|1000"}));
    ASSERT_TRUE(author_.ask_budget(home_, budget, domain::budget::RestoreBudget{}));
    EXPECT_EQ(alerts(), Lines{"2026-11-01|100|1|raised|rule_changed|1000"});
}

TEST_F(Alerts, leave_other_currencies_out) {
    create_budget({}, {{100, {}}});
    domain::expense::RecordExpense command{
        {5000, currency("USD")}, day("2026-11-05"), {}, {}, {}, {}, {}};
    ASSERT_TRUE(author_.ask_expense(home_, author_.make_id<domain::ExpenseId>(), command));
    EXPECT_EQ(alerts(), Lines{});
    EXPECT_EQ(rows_of(files_.store(), "SELECT spent_minor FROM read.budget_usage"), Lines{});
}

TEST_F(Alerts, are_acknowledged_only_while_they_are_raised) {
    const auto budget = create_budget({}, {{100, {}}});
    const auto& created = std::get<domain::budget::BudgetCreated>(
        std::get<domain::budget::Event>(author_.history().back().events.front()));
    const auto threshold = created.thresholds.front().id;
    const auto alert = workers::alerts::alert_id(threshold, day("2026-11-01"), 1);
    const auto id = author_.record(home_, 1000, "2026-11-05");
    ASSERT_TRUE(author_.ask_budget(home_, budget, domain::budget::AcknowledgeAlert{alert}));
    EXPECT_EQ(alerts(), Lines{"2026-11-01|100|1|acknowledged|recorded|1000"});
    void_expense(id);
    EXPECT_EQ(alerts(), Lines{"2026-11-01|100|1|resolved|recorded|1000"});
    const auto later = workers::alerts::alert_id(threshold, day("2026-11-01"), 2);
    ASSERT_TRUE(author_.ask_expense(home_, id, domain::expense::RestoreExpense{}));
    void_expense(id);
    ASSERT_TRUE(author_.ask_budget(home_, budget, domain::budget::AcknowledgeAlert{later}));
    EXPECT_EQ(alerts().back(), "2026-11-01|100|2|resolved|restored|1000");
}

TEST_F(Alerts, of_a_removed_threshold_are_resolved) {
    const auto budget = create_budget({}, {{100, {}}});
    author_.record(home_, 1000, "2026-11-05");
    EditBudget edit;
    edit.thresholds = std::vector<NewThreshold>{{std::nullopt, 1200}};
    ASSERT_TRUE(author_.ask_budget(home_, budget, edit));
    EXPECT_EQ(alerts(), Lines{"2026-11-01|100|1|resolved|recorded|1000"});
    EXPECT_EQ(told(), (Lines{"alert.raised", "alert.resolved"}));
    EXPECT_EQ(
        rows_of(files_.store(),
                "SELECT resolved_cause, resolved_expense, resolved_spent_minor FROM read.alerts"),
        Lines{"rule_changed|~|1000"});
    author_.record(home_, 200, "2026-11-06");
    EXPECT_EQ(alerts().back(), "2026-11-01|~|1|raised|recorded|1200");
}

TEST_F(Alerts, of_a_budget_of_nothing_fire_at_the_first_expense) {
    const auto budget = create_budget({}, {{100, {}}});
    EditBudget edit;
    edit.limit = domain::Money{0, currency("EUR")};
    ASSERT_TRUE(author_.ask_budget(home_, budget, edit));
    EXPECT_EQ(alerts(), Lines{});
    author_.record(home_, 1, "2026-11-06");
    EXPECT_EQ(alerts(), Lines{"2026-11-01|100|1|raised|recorded|1"});
}

}  // namespace
}  // namespace outlay::tests
