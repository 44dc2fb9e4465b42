// Promise: a refund lowers sums and budgets on the day on which it counts, in whichever order and
// batches the facts come, and a budget that counts anew comes to the same.
#include "tests/unit/projector_household.hpp"

namespace outlay::tests {
namespace {

using domain::expense::CountsIn;
using domain::expense::RefundExpense;

class Refunds : public Household {
protected:
    domain::RefundId refund(const domain::ExpenseId& id, std::int64_t minor, std::string_view on,
                            CountsIn counts_in = CountsIn::received) {
        const RefundExpense command{{minor, currency("EUR")}, day(on), counts_in};
        EXPECT_TRUE(author_.ask_expense(home_, id, command));
        const auto& event =
            std::get<domain::expense::Event>(author_.history().back().events.front());
        return std::get<domain::expense::ExpenseRefunded>(event).refund;
    }
    void take_back(const domain::ExpenseId& id, const domain::RefundId& which) {
        EXPECT_TRUE(
            author_.ask_expense(home_, id, domain::expense::TakeBackRefund{which, std::nullopt}));
    }
    Lines rows(const std::string& statement) {
        project();
        return rows_of(files_.store(), statement);
    }
    // "period start|spent|count" of a budget's periods in which anything counts.
    Lines usage(const domain::BudgetId& budget) {
        Lines found;
        for (const auto& line :
             rows("SELECT budget, period_start, spent_minor, expense_count FROM read.budget_usage"
                  " WHERE spent_minor <> 0 OR expense_count <> 0")) {
            const auto name = budget.value.text() + "|";
            if (line.starts_with(name)) found.push_back(line.substr(name.size()));
        }
        return found;
    }
};

TEST_F(Refunds, are_rows_that_say_on_which_day_they_count) {
    const auto id = author_.record(home_, 800, "2026-11-01");
    const auto received = refund(id, 300, "2026-12-03");
    const auto original = refund(id, 100, "2026-12-05", CountsIn::original);
    const std::string statement =
        "SELECT expense, id, state, amount_minor, counts_on FROM"
        " read.refunds";
    const auto row = [&](const domain::RefundId& of, const std::string& rest) {
        return id.value.text() + "|" + of.value.text() + "|" + rest;
    };
    const auto sorted = [](Lines lines) {
        std::ranges::sort(lines);
        return lines;
    };
    EXPECT_EQ(rows(statement), sorted({row(received, "recorded|300|2026-12-03"),
                                       row(original, "recorded|100|2026-11-01")}));
    EXPECT_EQ(rows("SELECT amount_minor, refunded_minor FROM read.expenses"), Lines{"800|400"});
    domain::expense::AmendExpense amend;
    amend.spent_on = day("2026-11-09");
    ASSERT_TRUE(author_.ask_expense(home_, id, amend));
    take_back(id, received);
    EXPECT_EQ(rows(statement), sorted({row(received, "taken_back|300|~"),
                                       row(original, "recorded|100|2026-11-09")}));
    EXPECT_EQ(rows("SELECT amount_minor, refunded_minor FROM read.expenses"), Lines{"800|100"});
    ASSERT_TRUE(author_.ask_expense(home_, id, domain::expense::VoidExpense{}));
    EXPECT_EQ(rows("SELECT state, counts_on FROM read.refunds"),
              (Lines{"recorded|~", "taken_back|~"}));
}

TEST_F(Refunds, lower_sums_and_budgets_and_are_no_expenses) {
    const auto budget = create_budget({});
    const auto id = author_.record(home_, 800, "2026-11-01");
    refund(id, 300, "2026-12-03");
    refund(id, 100, "2026-12-05", CountsIn::original);
    const std::string sums = "SELECT spent_on, amount_minor, expense_count FROM read.spending";
    EXPECT_EQ(rows(sums), (Lines{"2026-11-01|700|1", "2026-12-03|-300|0"}));
    EXPECT_EQ(usage(budget), (Lines{"2026-11-01|700|1", "2026-12-01|-300|0"}));
    ASSERT_TRUE(author_.ask_expense(home_, id, domain::expense::VoidExpense{}));
    EXPECT_EQ(rows(sums), (Lines{"2026-11-01|0|0", "2026-12-03|0|0"}));
    EXPECT_EQ(usage(budget), Lines{});
    ASSERT_TRUE(author_.ask_expense(home_, id, domain::expense::RestoreExpense{}));
    EXPECT_EQ(usage(budget), (Lines{"2026-11-01|700|1", "2026-12-01|-300|0"}));
}

TEST_F(Refunds, count_the_same_in_a_budget_that_comes_later) {
    const auto food = author_.create_category(home_, "Food");
    const auto id = author_.record(home_, 800, "2026-11-01", food);
    refund(id, 300, "2026-12-03");
    take_back(id, refund(id, 100, "2026-12-04"));
    author_.record(home_, 50, "2026-12-24", food);
    const auto voided = author_.record(home_, 90, "2026-12-24", food);
    refund(voided, 40, "2026-12-26");
    ASSERT_TRUE(author_.ask_expense(home_, voided, domain::expense::VoidExpense{}));
    const auto late = create_budget({}, {{food}, {}, {}, {}});
    EXPECT_EQ(usage(late), (Lines{"2026-11-01|800|1", "2026-12-01|-250|1"}));
    domain::budget::EditBudget edit;
    edit.scope.emplace();
    ASSERT_TRUE(author_.ask_budget(home_, late, edit));
    EXPECT_EQ(usage(late), (Lines{"2026-11-01|800|1", "2026-12-01|-250|1"}));
}

TEST_F(Refunds, resolve_an_alert_and_raise_it_again_when_they_are_taken_back) {
    create_budget({{100, {}}});
    const auto id = author_.record(home_, 1000, "2026-11-01");
    const auto back = refund(id, 1, "2026-11-20");
    const std::string alerts =
        "SELECT period_start, crossing, state, cause, spent_minor FROM read.alerts";
    EXPECT_EQ(rows(alerts), Lines{"2026-11-01|1|resolved|recorded|1000"});
    take_back(id, back);
    EXPECT_EQ(rows(alerts), (Lines{"2026-11-01|1|resolved|recorded|1000",
                                   "2026-11-01|2|raised|refund_taken_back|1000"}));
    EXPECT_EQ(rows("SELECT kind FROM outlay.outbox"),
              (Lines{"alert.raised", "alert.raised", "alert.resolved"}));
}

TEST_F(Refunds, of_a_later_period_leave_the_alert_of_the_purchase) {
    create_budget({{100, {}}});
    refund(author_.record(home_, 1000, "2026-11-01"), 1000, "2026-12-01");
    EXPECT_EQ(rows("SELECT period_start, state, spent_minor FROM read.alerts"),
              Lines{"2026-11-01|raised|1000"});
}

}  // namespace
}  // namespace outlay::tests
