// Promise: a preview tells the days on which thresholds would have been crossed, period by period,
// with what was handed on, and again after falling back.
#include "domain/budget/preview.hpp"

#include "tests/domain/decider_spec.hpp"

namespace outlay::domain::budget {
namespace {

using namespace spec;

const PeriodRule monthly{Unit::month, 1, day("2015-01-01")};
const Period spring{day("2026-03-01"), day("2026-05-15")};

Budget budget_with(std::vector<Threshold> thresholds, const std::vector<Event>& more = {}) {
    std::vector<Event> events{BudgetCreated{.name = "Food",
                                            .limit = money(100),
                                            .period = monthly,
                                            .thresholds = std::move(thresholds),
                                            .today = today}};
    events.insert(events.end(), more.begin(), more.end());
    return Given<Budget, Event>(events).state();
}
const Threshold at_80{id<ThresholdId>(1), 80, {}};
const Threshold at_100{id<ThresholdId>(2), 100, {}};

// "day|threshold|member|spent|watched|limit|level" of each warning.
std::vector<std::string> told(const Budget& budget, const DailySpending& daily,
                              const Period& range = spring, std::size_t most = 100) {
    std::vector<std::string> lines;
    for (const auto& warning : warnings_over(budget, daily, range, most)) {
        EXPECT_TRUE(warning.period.contains(warning.day));
        lines.push_back(warning.day.text() + "|" + std::to_string(warning.threshold) + "|" +
                        (warning.member == member ? "member"
                         : warning.member         ? "owner"
                                                  : "") +
                        "|" + std::to_string(warning.spent_minor) + "|" +
                        std::to_string(warning.watched_minor) + "|" +
                        std::to_string(warning.limit_minor) + "|" +
                        (warning.level == UsageState::reached ? "reached" : "exceeded"));
    }
    return lines;
}
using Lines = std::vector<std::string>;

TEST(Previews, tell_the_day_of_each_crossing) {
    const DailySpending daily{{day("2026-03-10"), {80}},
                              {day("2026-03-20"), {30}},
                              {day("2026-04-01"), {79}},
                              {day("2026-05-15"), {100}},
                              {day("2026-05-16"), {1}}};
    EXPECT_EQ(told(budget_with({at_80, at_100}), daily),
              (Lines{"2026-03-10|0||80|80|100|reached", "2026-03-20|1||110|110|100|exceeded",
                     "2026-05-15|0||100|100|100|exceeded", "2026-05-15|1||100|100|100|reached"}));
}

TEST(Previews, warn_again_after_falling_back) {
    const DailySpending daily{
        {day("2026-03-10"), {100}}, {day("2026-03-11"), {-50}}, {day("2026-03-12"), {60}}};
    EXPECT_EQ(told(budget_with({at_100}), daily),
              (Lines{"2026-03-10|0||100|100|100|reached", "2026-03-12|0||110|110|100|exceeded"}));
}

TEST(Previews, look_at_forecasts_day_by_day) {
    const Threshold forecast{id<ThresholdId>(3), 100, {}, Basis::forecast};
    const DailySpending daily{{day("2026-04-02"), {10}}, {day("2026-04-20"), {60}}};
    EXPECT_EQ(told(budget_with({forecast}), daily),
              (Lines{"2026-04-02|0||10|150|100|exceeded", "2026-04-20|0||70|105|100|exceeded"}))
        << "from the 4th on 10 come to less than 100";
}

TEST(Previews, watch_each_member) {
    const Threshold each{id<ThresholdId>(3), {}, 50, {}, Per::member};
    const DailySpending daily{{day("2026-03-10"), {70, {{member, 49}, {owner, 21}}}},
                              {day("2026-03-11"), {60, {{member, 1}, {owner, 59}}}},
                              {day("2026-04-11"), {49, {{member, 49}}}}};
    EXPECT_EQ(told(budget_with({each}), daily), (Lines{"2026-03-11|0|owner|80|80|100|exceeded",
                                                       "2026-03-11|0|member|50|50|100|reached"}));
}

TEST(Previews, watch_the_forecast_of_members_who_spend_nothing_that_day) {
    const Threshold each{id<ThresholdId>(3), {}, 50, Basis::forecast, Per::member};
    const DailySpending daily{{day("2026-04-02"), {30, {{member, 30}}}},
                              {day("2026-04-20"), {1, {{owner, 1}}}},
                              {day("2026-04-21"), {6, {{member, 6}}}}};
    EXPECT_EQ(told(budget_with({each}), daily), (Lines{"2026-04-02|0|member|30|450|100|exceeded",
                                                       "2026-04-21|0|member|36|51|100|exceeded"}))
        << "30 come to less than 50 from the 19th on";
}

TEST(Previews, are_as_much_work_as_days_members_and_thresholds_make) {
    const Threshold forecast{id<ThresholdId>(3), {}, 50, Basis::forecast, Per::member};
    const Threshold actual{id<ThresholdId>(4), {}, 50, {}, Per::member};
    const DailySpending daily{{day("2026-03-10"), {70, {{member, 49}, {owner, 21}}}},
                              {day("2026-04-11"), {49, {{member, 49}}}}};
    const Period ten{day("2026-03-05"), day("2026-03-14")};
    EXPECT_EQ(looks_of(budget_with({}), daily, ten), 0);
    EXPECT_EQ(looks_of(budget_with({at_80, at_100}), daily, ten), 20);
    EXPECT_EQ(looks_of(budget_with({actual}), daily, ten), 3);
    EXPECT_EQ(looks_of(budget_with({at_80, forecast}), daily, ten), 30);
}

TEST(Previews, use_what_periods_hand_on) {
    const DailySpending daily{{day("2026-03-10"), {40}}, {day("2026-04-10"), {160}}};
    const BudgetRolloverChanged unspent{day("2026-03-01"), {}, {Carry::unspent, {}}, today};
    EXPECT_EQ(told(budget_with({at_100}, {unspent}), daily),
              Lines{"2026-04-10|0||160|160|160|reached"});
}

TEST(Previews, end_where_they_would_be_too_long) {
    const DailySpending daily{{day("2026-03-10"), {100}}, {day("2026-04-10"), {100}}};
    EXPECT_EQ(told(budget_with({at_80, at_100}), daily, spring, 3).size(), 4U);
    EXPECT_EQ(told(budget_with({at_80, at_100}), daily, spring, 2).size(), 3U);
}

TEST(Previews, of_a_single_range_are_about_it_alone) {
    auto budget = budget_with({at_100});
    budget.period = {Unit::once, 10, day("2026-03-05")};
    const DailySpending daily{
        {day("2026-03-04"), {500}}, {day("2026-03-14"), {100}}, {day("2026-03-15"), {500}}};
    EXPECT_EQ(told(budget, daily), Lines{"2026-03-14|0||100|100|100|reached"});
}

}  // namespace
}  // namespace outlay::domain::budget
