// Promise: thresholds watch the limit with what earlier periods handed on; an expense fires in its
// own period, in later ones only if they have not ended, and resolves in all of them. A budget for
// a single range counts nothing else.
#include "tests/unit/projector_household.hpp"

namespace outlay::tests {
namespace {

using domain::budget::Carry;
using domain::budget::NewRollover;

// Budgets of 10.00 a month hand on what is left, from a day on.
class Rollovers : public Household {
protected:
    domain::BudgetId create_budget(std::string_view from, Carry carry = Carry::unspent) {
        const auto id = Household::create_budget({{100, {}}});
        roll_over(id, from, carry);
        return id;
    }
    void roll_over(const domain::BudgetId& id, std::string_view from, Carry carry) {
        domain::budget::EditBudget edit;
        edit.rollover = NewRollover{carry, {}};
        edit.rollover_from = day(from);
        EXPECT_TRUE(author_.ask_budget(home_, id, edit));
    }
    // "period start|crossing|state|cause|spent|limit" of every alert.
    Lines alerts() {
        project();
        return rows_of(files_.store(),
                       "SELECT period_start, crossing, state, cause, spent_minor, limit_minor FROM "
                       "read.alerts");
    }
    Lines told() { return rows_of(files_.store(), "SELECT kind FROM outlay.outbox"); }
    // Spending that each workspace's budgets know, without a threshold in sight.
    Lines usage() {
        project();
        return rows_of(files_.store(),
                       "SELECT period_start, period_end, spent_minor FROM read.budget_usage");
    }
};

TEST_F(Rollovers, give_the_next_period_what_was_left) {
    create_budget("2026-10-01");
    author_.record(home_, 400, "2026-10-05");
    author_.record(home_, 1599, "2026-11-05");
    EXPECT_EQ(alerts(), Lines{});
    author_.record(home_, 1, "2026-11-05");
    EXPECT_EQ(alerts(), Lines{"2026-11-01|1|raised|recorded|1600|1600"});
}

TEST_F(Rollovers, take_from_the_next_period_what_was_spent_too_much) {
    create_budget("2026-10-01", Carry::unspent_and_overspend);
    author_.record(home_, 1700, "2026-10-05");
    author_.record(home_, 300, "2026-11-05");
    EXPECT_EQ(alerts(), (Lines{"2026-10-01|1|raised|recorded|1700|1000",
                               "2026-11-01|1|raised|recorded|300|300"}));
}

TEST_F(Rollovers, let_a_late_expense_fire_in_the_current_period_and_name_itself) {
    create_budget("2026-10-01");
    author_.record(home_, 1500, "2026-11-05");
    EXPECT_EQ(alerts(), Lines{});
    const auto late = author_.record(home_, 600, "2026-10-05");
    EXPECT_EQ(alerts(), Lines{"2026-11-01|1|raised|carried|1500|1400"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT expense FROM read.alerts"), Lines{late.value.text()});
    ASSERT_TRUE(author_.ask_expense(home_, late, domain::expense::VoidExpense{}));
    EXPECT_EQ(alerts(), Lines{"2026-11-01|1|resolved|carried|1500|1400"});
    EXPECT_EQ(told(), (Lines{"alert.raised", "alert.resolved"}));
}

TEST_F(Rollovers, set_later_periods_that_have_ended_in_silence) {
    create_budget("2026-01-01");
    author_.record(home_, 2500, "2026-03-05");
    author_.record(home_, 900, "2026-01-05");
    EXPECT_EQ(alerts(), Lines{}) << "March had 3000 and has 2100";
    author_.record(home_, 1, "2026-03-06");
    EXPECT_EQ(alerts(), Lines{}) << "it was above already";
}

TEST_F(Rollovers, fire_in_periods_to_come_that_have_spending_already) {
    create_budget("2026-10-01");
    author_.record(home_, 2500, "2026-12-05");
    EXPECT_EQ(alerts(), Lines{});
    author_.record(home_, 1900, "2026-11-05");
    EXPECT_EQ(alerts(), Lines{"2026-12-01|1|raised|carried|2500|1100"});
}

TEST_F(Rollovers, fire_like_a_change_of_rules_when_they_are_new) {
    const auto id = Household::create_budget({{100, {}}});
    author_.record(home_, 1200, "2026-10-05");
    author_.record(home_, 900, "2026-11-05");
    author_.record(home_, 950, "2026-12-05");
    EXPECT_EQ(alerts(), Lines{"2026-10-01|1|raised|recorded|1200|1000"});
    roll_over(id, "2026-10-01", Carry::unspent_and_overspend);
    EXPECT_EQ(alerts(), (Lines{"2026-10-01|1|raised|recorded|1200|1000",
                               "2026-11-01|1|raised|rule_changed|900|800"}))
        << "December has not begun";
    roll_over(id, "2026-10-01", Carry::none);
    EXPECT_EQ(alerts().back(), "2026-11-01|1|resolved|rule_changed|900|800");
}

TEST_F(Rollovers, follow_an_expense_that_is_moved_between_periods) {
    create_budget("2026-09-01");
    const auto moved = author_.record(home_, 900, "2026-11-05");
    author_.record(home_, 2500, "2026-12-05");
    EXPECT_EQ(alerts(), Lines{});
    domain::expense::AmendExpense amend;
    amend.spent_on = day("2026-09-05");
    amend.amount = domain::Money{3000, currency("EUR")};
    ASSERT_TRUE(author_.ask_expense(home_, moved, amend));
    EXPECT_EQ(alerts(), Lines{"2026-09-01|1|raised|amended|3000|1000"})
        << "December has 3000 still";
    author_.record(home_, 600, "2026-10-05");
    EXPECT_EQ(alerts().back(), "2026-12-01|1|raised|carried|2500|2400");
}

class SingleRanges : public Rollovers {
protected:
    SingleRanges() {
        before_ = author_.record(home_, 5000, "2026-11-09");
        author_.record(home_, 700, "2026-11-10");
        const auto id = author_.make_id<domain::BudgetId>();
        const domain::budget::CreateBudget command{
            "Trip",
            {},
            {1000, currency("EUR")},
            {domain::budget::Unit::once, 21, day("2026-11-10")},
            {{100, {}}}};
        EXPECT_TRUE(author_.ask_budget(home_, id, command));
    }
    domain::ExpenseId before_;
};

TEST_F(SingleRanges, count_what_was_and_is_spent_on_their_days_only) {
    EXPECT_EQ(usage(), Lines{"2026-11-10|2026-11-30|700"});
    author_.record(home_, 300, "2026-12-01");
    EXPECT_EQ(alerts(), Lines{});
    author_.record(home_, 300, "2026-11-30");
    EXPECT_EQ(usage(), Lines{"2026-11-10|2026-11-30|1000"});
    EXPECT_EQ(alerts(), Lines{"2026-11-10|1|raised|recorded|1000|1000"});
}

TEST_F(SingleRanges, are_entered_and_left_by_expenses_that_move) {
    domain::expense::AmendExpense amend;
    amend.spent_on = day("2026-11-11");
    ASSERT_TRUE(author_.ask_expense(home_, before_, amend));
    EXPECT_EQ(alerts(), Lines{"2026-11-10|1|raised|amended|5700|1000"});
    amend.spent_on = day("2026-12-24");
    ASSERT_TRUE(author_.ask_expense(home_, before_, amend));
    EXPECT_EQ(alerts(), Lines{"2026-11-10|1|resolved|amended|5700|1000"});
    EXPECT_EQ(usage(), Lines{"2026-11-10|2026-11-30|700"});
}

}  // namespace
}  // namespace outlay::tests
