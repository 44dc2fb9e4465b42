// Promise: what a period hands on follows its rule; a rollover holds from a period on, up to
// the next one that is planned.
#include "domain/budget/rollover.hpp"

#include "domain/budget/decide.hpp"
#include "tests/domain/household.hpp"

namespace outlay::domain::budget {
namespace {

using namespace spec;

const workspace::Workspace usual_home = given_household().state();
const categories::Tree no_categories;
const Surroundings around{usual_home, no_categories};

const PeriodRule monthly{Unit::month, 1, day("2015-01-01")};
const Rollover unspent{Carry::unspent, {}};
const Rollover both{Carry::unspent_and_overspend, {}};
const Rollover capped{Carry::capped, 150};

Given<Budget, Event> given(const std::vector<Event>& more = {}) {
    return Given<Budget, Event>(after<Event>(
        {BudgetCreated{.name = "Food", .limit = money(100), .period = monthly, .today = today}},
        more));
}
BudgetRolloverChanged changed(const char* from, const Rollover& after) {
    return {day(from), {}, after, today};
}

// What February gets of a January that has 100 and leaves so much.
std::int64_t handed_on(const Rollover& rule, std::int64_t left) {
    const auto budget = given({changed("2026-01-01", rule)}).state();
    const auto january = period_of(monthly, day("2026-01-01"));
    CarryWalk walk(budget);
    EXPECT_EQ(walk.into(january), 0);
    walk.spend(100 - left);
    return walk.into(*next_period(monthly, january));
}

TEST(HandedOn, follows_the_rule) {
    struct Row {
        Rollover rule;
        std::int64_t left;
        std::int64_t handed_on;
    };
    const std::vector<Row> rows{
        {{}, 100, 0},
        {{}, -100, 0},
        {unspent, 100, 100},
        {unspent, -1, 0},
        {unspent, 0, 0},
        {both, 100, 100},
        {both, -100, -100},
        {capped, 149, 149},
        {capped, 150, 150},
        {capped, 1000, 150},
        {capped, -10, 0},
        {both, carry_minor_max + 1, carry_minor_max},
        {both, -carry_minor_max - 1, -carry_minor_max},
    };
    for (const auto& row : rows) EXPECT_EQ(handed_on(row.rule, row.left), row.handed_on);
}

// What is carried into the month of a day, where 30 were spent in January and 250 in March 2026.
std::int64_t carried(const std::vector<Event>& events, const char* into) {
    const auto budget = given(events).state();
    CarryWalk walk(budget);
    const std::map<Date, std::int64_t> spent{{day("2026-01-01"), 30}, {day("2026-03-01"), 250}};
    const auto wanted = period_of(monthly, day(into));
    for (const auto& [start, minor] : spent) {
        if (start >= wanted.start) break;
        walk.into(period_of(monthly, start));
        walk.spend(minor);
    }
    return walk.into(wanted);
}

TEST(CarryWalks, sum_up_what_every_period_hands_on) {
    struct Row {
        const char* what;
        std::vector<Event> events;
        const char* into;
        std::int64_t carried;
    };
    const std::vector<Row> rows{
        {"no rollover", {}, "2026-12-01", 0},
        {"before it", {changed("2026-02-01", unspent)}, "2026-01-15", 0},
        {"the first one takes nothing over", {changed("2026-02-01", unspent)}, "2026-02-15", 0},
        {"what was left before does not count",
         {changed("2026-02-01", unspent)},
         "2026-03-01",
         100},
        {"what is left", {changed("2026-01-01", unspent)}, "2026-02-01", 70},
        {"and once more", {changed("2026-01-01", unspent)}, "2026-03-01", 170},
        {"a limit that carried on is used up first",
         {changed("2026-01-01", unspent)},
         "2026-04-01",
         20},
        {"a run of empty periods", {changed("2026-01-01", unspent)}, "2027-04-01", 1220},
        {"overspend", {changed("2026-03-01", both)}, "2026-04-01", -150},
        {"overspend is paid back", {changed("2026-03-01", both)}, "2026-06-01", 50},
        {"overspend that is not handed on", {changed("2026-03-01", unspent)}, "2026-05-01", 100},
        {"a cap", {changed("2026-01-01", capped)}, "2026-03-01", 150},
        {"a cap over a run", {changed("2026-04-01", capped)}, "2026-12-01", 150},
        {"a new rule",
         {changed("2026-01-01", unspent), changed("2026-02-01", {})},
         "2026-03-01",
         0},
        {"a new limit",
         {changed("2026-04-01", unspent), BudgetLimitRevised{day("2026-06-01"), 100, 10, today}},
         "2026-08-01",
         220},
        {"an adjustment and funds",
         {changed("2026-04-01", unspent),
          BudgetPeriodAdjusted{day("2026-05-01"), 0, -40, {}, today},
          BudgetFundsMoved{id<BudgetId>(2), day("2026-06-01"), 7, today}},
         "2026-07-01",
         267},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        EXPECT_EQ(carried(row.events, row.into), row.carried);
    }
}

TEST(CarryWalks, bound_what_is_handed_on_over_ages) {
    auto created = BudgetCreated{.name = "Food",
                                 .limit = money(amount_minor_max),
                                 .period = {Unit::day, 1, today},
                                 .today = today};
    const auto budget =
        Given<Budget, Event>({created, BudgetRolloverChanged{earliest_day, {}, both, today}})
            .state();
    CarryWalk walk(budget);
    EXPECT_EQ(walk.into(period_of(budget.period, latest_day)), carry_minor_max);
}

TEST(Limits, are_explained_by_their_parts_and_never_below_nothing) {
    const auto budget = given({BudgetPeriodAdjusted{day("2026-05-01"), 0, -40, {}, today}}).state();
    const auto may = period_of(monthly, day("2026-05-01"));
    EXPECT_EQ(budget.limit_minor(may, 25), 85);
    EXPECT_EQ(budget.limit_minor(may, -25), 35);
    EXPECT_EQ(budget.limit_minor(may, -61), 0);
}

TEST(ChangingTheRollover, holds_from_a_period_on) {
    EditBudget edit;
    edit.rollover = NewRollover{Carry::capped, money(150)};
    given().when(edit, around).then({BudgetRolloverChanged{day("2026-11-01"), {}, capped, today}});
    given({changed("2026-11-01", capped)}).when(edit, around).then_nothing();
    edit.rollover_from = day("2026-02-10");
    given({changed("2026-01-01", unspent), changed("2026-11-01", capped)})
        .when(edit, around)
        .then({BudgetRolloverChanged{day("2026-02-01"), unspent, capped, today}});
    const auto state =
        given({changed("2026-05-01", unspent), changed("2026-02-01", capped)}).state();
    EXPECT_EQ(state.rollover_of(period_of(monthly, day("2026-05-01"))), unspent);
    EXPECT_EQ(state.rollover_of(period_of(monthly, day("2026-04-30"))), capped);
    EXPECT_EQ(state.rollover_of(period_of(monthly, day("2026-01-31"))), Rollover{});
}

TEST(ChangingTheRollover, to_that_of_the_time_before_takes_it_back) {
    const auto state = given({changed("2026-02-01", capped), changed("2026-05-01", unspent),
                              changed("2026-05-01", capped)})
                           .state();
    EXPECT_EQ(state.rollovers, (std::map<Date, Rollover>{{day("2026-02-01"), capped}}));
    EXPECT_FALSE(
        given({changed("2026-05-01", unspent), changed("2026-05-01", {})}).state().has_rollover());
}

TEST(ChangingTheRollover, obeys_the_field_rules) {
    EditBudget edit;
    edit.rollover_from = today;
    given().when(edit, around).then_invalid({"/rollover_from"});
    edit.rollover = NewRollover{Carry::capped, {}};
    given().when(edit, around).then_invalid({"/rollover/cap"});
    edit.rollover = NewRollover{Carry::unspent, money(1)};
    given().when(edit, around).then_invalid({"/rollover/cap"});
    edit.rollover = NewRollover{Carry::capped, money(0)};
    given().when(edit, around).then_invalid({"/rollover/cap/amount"});
    edit.rollover = NewRollover{Carry::capped, money(1, "USD")};
    given()
        .when(edit, around)
        .then_refused_at(RefusalCode::currency_mismatch, {"/rollover/cap/currency"});
}

TEST(CreatingABudget, says_its_rollover_in_an_event_of_its_own) {
    CreateBudget command{.name = "Food", .limit = money(100), .period = monthly};
    command.rollover = NewRollover{Carry::unspent, {}};
    const auto when = [&] { return Given<Budget, Event>({}).when(command, around); };
    const BudgetCreated created{
        .name = "Food", .limit = money(100), .period = monthly, .today = today};
    when().then({created, changed("2026-11-01", unspent)});
    command.rollover_from = day("2025-03-31");
    when().then({created, changed("2025-03-01", unspent)});
}

}  // namespace
}  // namespace outlay::domain::budget
