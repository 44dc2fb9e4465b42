// Promise: pausing, muting, snoozing, adjusting and moving funds change exactly what they say, and
// asking for what is there already changes nothing.
#include "domain/budget/decide.hpp"
#include "tests/domain/household.hpp"

namespace outlay::domain::budget {
namespace {

using namespace spec;

constexpr Instant later{now.micros + 1};
constexpr Instant much_later{now.micros + 1'000'000};
const BudgetId groceries = id<BudgetId>(1);
const BudgetId rent = id<BudgetId>(2);
const BudgetId weekly = id<BudgetId>(3);
const Date november = day("2026-11-01");

BudgetCreated created(std::int64_t minor, PeriodRule rule = {Unit::month, 1, day("2015-01-01")}) {
    return {.name = "Groceries", .limit = money(minor), .period = rule, .today = today};
}

Given<Budget, Event> given(const std::vector<Event>& more = {}) {
    return Given<Budget, Event>(after<Event>({created(50'000)}, more));
}

TEST(BudgetLife, nothing_is_done_to_a_budget_that_does_not_exist) {
    const Given<Budget, Event> nothing({});
    nothing.when(PauseBudget{}).then_refused(RefusalCode::not_found);
    nothing.when(ResumeBudget{}).then_refused(RefusalCode::not_found);
    nothing.when(MuteBudget{}).then_refused(RefusalCode::not_found);
    nothing.when(UnmuteBudget{}).then_refused(RefusalCode::not_found);
    nothing.when(SnoozeAlert{id<AlertId>(1), later}).then_refused(RefusalCode::not_found);
    nothing.when(AdjustPeriod{today, money(1)}).then_refused(RefusalCode::not_found);
    nothing.when(PassDay{}).then_refused(RefusalCode::not_found);
}

TEST(BudgetLife, an_archived_budget_is_restored_first) {
    const auto archived = given({BudgetArchived{}});
    archived.when(PauseBudget{}).then_refused(RefusalCode::state_conflict);
    archived.when(ResumeBudget{}).then_refused(RefusalCode::state_conflict);
    archived.when(MuteBudget{}).then_refused(RefusalCode::state_conflict);
    archived.when(UnmuteBudget{}).then_refused(RefusalCode::state_conflict);
    archived.when(AdjustPeriod{today, money(1)}).then_refused(RefusalCode::state_conflict);
    archived.when(PassDay{}).then_nothing();
}

TEST(BudgetLife, is_paused_and_resumed_once) {
    given().when(PauseBudget{}).then({BudgetPaused{}});
    given({BudgetPaused{}}).when(PauseBudget{}).then_nothing();
    given().when(ResumeBudget{}).then_nothing();
    given({BudgetPaused{}}).when(ResumeBudget{}).then({BudgetResumed{today}});
    EXPECT_TRUE(given({BudgetPaused{}}).state().is_silent());
    EXPECT_FALSE(given({BudgetPaused{}, BudgetResumed{today}}).state().is_silent());
}

TEST(BudgetLife, is_muted_for_good_or_until_a_time_to_come) {
    given().when(MuteBudget{}).then({BudgetMuted{}});
    given().when(MuteBudget{later}).then({BudgetMuted{later}});
    given().when(MuteBudget{now}).then_invalid({"/until"});
    given({BudgetMuted{}}).when(MuteBudget{}).then_nothing();
    given({BudgetMuted{}}).when(MuteBudget{later}).then({BudgetMuted{later}});
    given().when(UnmuteBudget{}).then_nothing();
    given({BudgetMuted{later}}).when(UnmuteBudget{}).then({BudgetUnmuted{}});
    const auto muted = given({BudgetMuted{later}}).state();
    EXPECT_TRUE(muted.is_muted_at(now));
    EXPECT_FALSE(muted.is_muted_at(later));
    EXPECT_TRUE(given({BudgetMuted{}}).state().is_muted_at(much_later));
    EXPECT_FALSE(given({BudgetMuted{}, BudgetUnmuted{}}).state().is_muted_at(now));
}

TEST(BudgetLife, an_alert_is_snoozed_again_for_another_time) {
    const auto alert = id<AlertId>(1);
    given().when(SnoozeAlert{alert, later}).then({AlertSnoozed{alert, later}});
    given().when(SnoozeAlert{alert, now}).then_invalid({"/until"});
    const auto snoozed = given({AlertSnoozed{alert, later}});
    snoozed.when(SnoozeAlert{alert, later}).then_nothing();
    snoozed.when(SnoozeAlert{alert, much_later}).then({AlertSnoozed{alert, much_later}});
    snoozed.when(AcknowledgeAlert{alert}).then({AlertAcknowledged{alert}});
    const auto state = given({AlertSnoozed{alert, later}, AlertAcknowledged{alert}}).state();
    const AlertMarks expected{Instant{3}, owner, later, 2, Instant{3}};
    EXPECT_EQ(state.alerts.at(alert), expected);
}

TEST(BudgetLife, a_day_passes_once_for_budgets_with_forecasts) {
    const auto yesterday = today.plus_days(-1);
    const Threshold forecast{id<ThresholdId>(4), 100, {}, Basis::forecast};
    const Threshold actual{id<ThresholdId>(5), 100, {}};
    auto old = created(50'000);
    old.today = yesterday;
    const auto given_old = [&](const std::vector<Event>& more) {
        return Given<Budget, Event>(after<Event>({old}, more));
    };
    given_old({ThresholdAdded{forecast, yesterday}}).when(PassDay{}).then({BudgetDayPassed{today}});
    given_old({ThresholdAdded{forecast, today}}).when(PassDay{}).then_nothing();
    given_old({ThresholdAdded{actual, yesterday}}).when(PassDay{}).then_nothing();
    given_old({ThresholdAdded{actual, yesterday}})
        .when(PassDay{true})
        .then({BudgetDayPassed{today}});
    given_old({ThresholdAdded{actual, today}}).when(PassDay{true}).then_nothing();
    given_old({ThresholdAdded{actual, yesterday}, BudgetPaused{}})
        .when(PassDay{true})
        .then_nothing();
    given_old({ThresholdAdded{forecast, yesterday}, BudgetPaused{}}).when(PassDay{}).then_nothing();
    given_old({ThresholdAdded{forecast, yesterday}, BudgetDayPassed{today}})
        .when(PassDay{})
        .then_nothing();
}

TEST(BudgetFunds, an_adjustment_is_set_not_added_to) {
    given()
        .when(AdjustPeriod{today, money(-500), FreeText{"guests"}})
        .then({BudgetPeriodAdjusted{november, 0, -500, FreeText{"guests"}, today}});
    const auto adjusted = given({BudgetPeriodAdjusted{november, 0, -500, {}, today}});
    adjusted.when(AdjustPeriod{day("2026-11-30"), money(-500)}).then_nothing();
    adjusted.when(AdjustPeriod{today, money(0)})
        .then({BudgetPeriodAdjusted{november, -500, 0, {}, today}});
    const Period period{november, day("2026-11-30")};
    EXPECT_EQ(adjusted.state().limit_minor(period), 49'500);
    EXPECT_EQ(adjusted.state().planned_minor(period), 50'000);
    EXPECT_EQ(adjusted.state().limit_minor({day("2026-12-01"), day("2026-12-31")}), 50'000);
}

TEST(BudgetFunds, a_limit_stays_within_its_range) {
    given()
        .when(AdjustPeriod{today, money(-50'000)})
        .then({BudgetPeriodAdjusted{november, 0, -50'000, {}, today}});
    given().when(AdjustPeriod{today, money(-50'001)}).then_invalid({"/amount/amount"});
    given().when(AdjustPeriod{today, money(amount_minor_max)}).then_invalid({"/amount/amount"});
    given()
        .when(AdjustPeriod{today, money(1, "USD")})
        .then_refused_at(RefusalCode::currency_mismatch, {"/amount/currency"});
    // The plan was lowered afterwards.
    const auto lowered = given({BudgetPeriodAdjusted{november, 0, -400, {}, today},
                                BudgetLimitRevised{november, 50'000, 100, today}});
    EXPECT_EQ(lowered.state().limit_minor({november, day("2026-11-30")}), 0);
    lowered.when(AdjustPeriod{today, money(-300)})
        .then({BudgetPeriodAdjusted{november, -400, -300, {}, today}});
    lowered.when(AdjustPeriod{today, money(-401)}).then_invalid({"/amount/amount"});
    lowered.when(AdjustPeriod{today, money(amount_minor_max)}).then_invalid({"/amount/amount"});
    const auto raised = given({BudgetPeriodAdjusted{november, 0, 400, {}, today},
                               BudgetLimitRevised{november, 50'000, amount_minor_max, today}});
    raised.when(AdjustPeriod{today, money(300)})
        .then({BudgetPeriodAdjusted{november, 400, 300, {}, today}});
    raised.when(AdjustPeriod{today, money(401)}).then_invalid({"/amount/amount"});
}

struct Move {
    Budget from = given().state();
    Budget to = Given<Budget, Event>({created(1000, {Unit::day, 7, day("2026-11-02")})}).state();

    Decision<FundsMoved> ask(const MoveFunds& command) const {
        return decide(from, to, command, context_of(owner));
    }
};

TEST(BudgetFunds, move_between_the_periods_that_contain_the_day) {
    const FreeText reason{"guests"};
    const auto moved = Move{}.ask({groceries, weekly, today, money(700), reason});
    ASSERT_TRUE(moved.ok());
    EXPECT_EQ(moved->from, (BudgetFundsMoved{weekly, november, -700, today, reason}));
    EXPECT_EQ(moved->to, (BudgetFundsMoved{groceries, day("2026-11-16"), 700, today, reason}));
    Budget source = given().state();
    evolve(source, Event(moved->from), meta_of(2, owner));
    evolve(source, Event(BudgetFundsMoved{rent, november, 200, today}), meta_of(3, owner));
    EXPECT_EQ(source.moved_minor({november, day("2026-11-30")}), -500);
    EXPECT_EQ(source.limit_minor({november, day("2026-11-30")}), 49'500);
    EXPECT_EQ(source.funds.at(november),
              (std::vector<Transfer>{{weekly, -700, reason}, {rent, 200, {}}}));
}

TEST(BudgetFunds, move_for_a_reason_that_says_something) {
    const auto moved = Move{}.ask({groceries, weekly, today, money(700), FreeText{" "}});
    ASSERT_FALSE(moved.ok());
    EXPECT_EQ(moved.error().fields.front().pointer, "/reason");
}

TEST(BudgetFunds, stay_where_they_are_if_either_budget_cannot_take_part) {
    const auto refusal = [](const Move& move, const MoveFunds& command) {
        const auto moved = move.ask(command);
        return moved.ok() ? std::string("moved") : std::string(name_of(moved.error().code));
    };
    EXPECT_EQ(refusal({}, {groceries, weekly, today, money(50'000)}), "moved");
    EXPECT_EQ(refusal({}, {groceries, weekly, today, money(50'001)}), "invalid");
    EXPECT_EQ(refusal({}, {groceries, weekly, today, money(0)}), "invalid");
    EXPECT_EQ(refusal({}, {groceries, groceries, today, money(1)}), "invalid");
    EXPECT_EQ(refusal({}, {groceries, weekly, today, money(1, "USD")}), "currency_mismatch");
    Move move;
    // More was moved away than the plan has now.
    move.to.funds[day("2026-11-16")] = {{rent, -1100}};
    EXPECT_EQ(refusal(move, {groceries, weekly, today, money(50)}), "moved");
    move.from.funds[november] = {{rent, -50'001}};
    EXPECT_EQ(refusal(move, {groceries, weekly, today, money(1)}), "invalid");
    move = {};
    move.to.archived = true;
    EXPECT_EQ(refusal(move, {groceries, weekly, today, money(1)}), "state_conflict");
    move.to = Budget{};
    EXPECT_EQ(refusal(move, {groceries, weekly, today, money(1)}), "not_found");
    move.from = Budget{};
    EXPECT_EQ(refusal(move, {groceries, weekly, today, money(1)}), "not_found");
}

}  // namespace
}  // namespace outlay::domain::budget
