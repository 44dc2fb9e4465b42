// Promise: a budget without an anchor begins where the workspace's calendar says, once and for all;
// a budget for a single range of days has that period and no other.
#include "domain/budget/anchor.hpp"
#include "domain/budget/decide.hpp"
#include "domain/budget/spending.hpp"
#include "tests/domain/household.hpp"

namespace outlay::domain::budget {
namespace {

using namespace spec;

const workspace::Workspace usual_home = given_household().state();
const categories::Tree no_categories;
const Surroundings around{usual_home, no_categories};

const PeriodRule trip{Unit::once, 14, day("2026-12-20")};  // until 2 January

workspace::Workspace home_with(const char* week_start, const char* fiscal_year_start) {
    workspace::WorkspaceSettingsChanged settings;
    settings.week_start = Weekday::parse(week_start);
    settings.fiscal_year_start = YearDay::parse(fiscal_year_start);
    return given_household({settings}).state();
}

TEST(UsualAnchors, follow_the_calendar_of_the_workspace) {
    struct Row {
        PeriodRule rule;
        const char* anchor;
    };
    const std::vector<Row> rows{
        {{Unit::day, 1, {}}, "2026-11-20"},    {{Unit::day, 10, {}}, "2026-11-20"},
        {{Unit::day, 7, {}}, "2026-11-15"},    {{Unit::day, 14, {}}, "2026-11-15"},
        {{Unit::day, 28, {}}, "2026-11-15"},   {{Unit::month, 1, {}}, "2026-11-01"},
        {{Unit::month, 3, {}}, "2026-04-06"},  {{Unit::month, 6, {}}, "2026-04-06"},
        {{Unit::month, 12, {}}, "2026-04-06"},
    };
    const auto home = home_with("sunday", "04-06");
    for (const auto& row : rows) {
        EXPECT_EQ(usual_anchor(row.rule, home, today).text(), row.anchor);
    }
    EXPECT_EQ(usual_anchor({Unit::month, 12, {}}, home, day("2026-04-05")), day("2025-04-06"));
}

TEST(UsualAnchors, are_frozen_into_the_budget) {
    CreateBudget command{.name = "Food", .limit = money(1), .period = {Unit::day, 7, {}}};
    command.anchor_is_left = true;
    const auto home = home_with("wednesday", "01-01");
    const Surroundings there{home, no_categories};
    const auto decided = decide(Budget{}, command, there, context_of(owner));
    ASSERT_TRUE(decided.ok());
    EXPECT_EQ(std::get<BudgetCreated>(decided->front()).period,
              (PeriodRule{Unit::day, 7, day("2026-11-18")}));
}

TEST(SingleRanges, have_one_period) {
    const Period only{day("2026-12-20"), day("2027-01-02")};
    EXPECT_EQ(only_period(trip), only);
    EXPECT_EQ(only_period(PeriodRule{Unit::day, 14, day("2026-12-20")}), std::nullopt);
    EXPECT_EQ(period_at(trip, only.start), only);
    EXPECT_EQ(period_at(trip, only.end), only);
    EXPECT_EQ(period_at(trip, only.start.plus_days(-1)), std::nullopt);
    EXPECT_EQ(period_at(trip, only.end.plus_days(1)), std::nullopt);
    EXPECT_EQ(next_period(trip, only), std::nullopt);
    EXPECT_EQ(previous_period(trip, only), std::nullopt);
    EXPECT_EQ(first_period(trip, today), only);
    EXPECT_EQ(first_period(trip, only.end), only);
    EXPECT_EQ(first_period(trip, only.end.plus_days(1)), std::nullopt);
}

TEST(SingleRanges, end_with_the_calendar) {
    EXPECT_EQ(only_period(PeriodRule{Unit::once, 3660, latest_day})->end, latest_day);
}

BudgetCreated trip_created() {
    return {.name = "Trip", .limit = money(1000), .period = trip, .today = today};
}
Given<Budget, Event> given_trip(const std::vector<Event>& more = {}) {
    return Given<Budget, Event>(after<Event>({trip_created()}, more));
}

TEST(SingleRanges, count_no_expense_outside_of_them) {
    expense::Expense expense;
    expense.status = expense::Status::recorded;
    expense.amount = money(1);
    const auto budget = given_trip().state();
    for (const auto& [on, is_counted] :
         std::vector<std::pair<const char*, bool>>{{"2026-12-19", false},
                                                   {"2026-12-20", true},
                                                   {"2027-01-02", true},
                                                   {"2027-01-03", false}}) {
        expense.spent_on = day(on);
        EXPECT_EQ(!counted(budget, expense, {}).empty(), is_counted) << on;
    }
}

TEST(SingleRanges, have_bounds_and_no_rollover) {
    const auto when = [&](PeriodRule rule, std::optional<NewRollover> rollover = {}) {
        CreateBudget command{.name = "Trip", .limit = money(1), .period = rule};
        command.rollover = rollover;
        return Given<Budget, Event>({}).when(command, around);
    };
    when({Unit::once, 0, today}).then_invalid({"/period/end"});
    when({Unit::once, 3661, today}).then_invalid({"/period/end"});
    when({Unit::once, 1, earliest_day.plus_days(-1)}).then_invalid({"/period/start"});
    when(trip, NewRollover{Carry::unspent, {}}).then_invalid({"/rollover"});
    BudgetCreated created = trip_created();
    created.limit = money(1);
    when(trip, NewRollover{}).then({created});
}

TEST(SingleRanges, are_changed_whenever_it_is_and_on_their_own_days_only) {
    EditBudget edit;
    edit.limit = money(500);
    given_trip().when(edit, around).then({BudgetLimitRevised{day("2026-12-20"), 1000, 500, today}});
    edit.limit_from = today;
    given_trip().when(edit, around).then_invalid({"/limit_from"});
    edit.limit_from = day("2026-12-31");
    given_trip().when(edit, around).then({BudgetLimitRevised{day("2026-12-20"), 1000, 500, today}});
    given_trip().when(AdjustPeriod{today, money(1)}).then_invalid({"/day"});
    given_trip()
        .when(AdjustPeriod{day("2026-12-24"), money(1)})
        .then({BudgetPeriodAdjusted{day("2026-12-20"), 0, 1, {}, today}});
    const auto monthly =
        Given<Budget, Event>(
            {BudgetCreated{.name = "All", .limit = money(1000), .period = {}, .today = today}})
            .state();
    const MoveFunds move{id<BudgetId>(1), id<BudgetId>(2), today, money(1)};
    const auto refused = decide(monthly, given_trip().state(), move, context_of(owner));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().fields.front().pointer, "/day");
}

TEST(SingleRanges, need_the_passing_of_their_own_days_only) {
    const Threshold forecast{id<ThresholdId>(1), 100, {}, Basis::forecast};
    const auto told = [&](const char* on) {
        return given_trip({ThresholdAdded{forecast, today}, BudgetDayPassed{day(on)}})
            .state()
            .forecast_day();
    };
    EXPECT_EQ(given_trip().state().forecast_day(), std::nullopt);
    EXPECT_EQ(told("2026-11-21"), day("2026-12-19"));
    EXPECT_EQ(told("2026-12-25"), day("2026-12-25"));
    EXPECT_EQ(told("2027-01-01"), day("2027-01-01"));
    EXPECT_EQ(told("2027-01-02"), std::nullopt);
    given_trip({ThresholdAdded{forecast, today}}).when(PassDay{}).then_nothing();
}

}  // namespace
}  // namespace outlay::domain::budget
