// Promise: a walk that skips runs of empty periods comes to what handing on period by period does,
// for any rules, limits, adjustments and funds, and whichever periods it is asked for.
#include "domain/budget/rollover.hpp"

#include "tests/domain/decider_spec.hpp"
#include "tests/property/random_input.hpp"

namespace outlay::domain::budget {
namespace {

using property::RandomInput;
using spec::day;

constexpr int periods_walked = 150;

std::int64_t naive(const Rollover& rule, std::int64_t left) {
    if (rule.carry == Carry::none) return 0;
    if (rule.carry == Carry::unspent_and_overspend) return left;
    const auto unspent = left < 0 ? 0 : left;
    return rule.carry == Carry::capped && unspent > *rule.cap_minor ? *rule.cap_minor : unspent;
}

struct History {
    Budget budget;
    std::vector<Period> periods;
    std::map<Date, std::int64_t> spent;  // by period start
};

Rollover any_rollover(RandomInput& random) {
    switch (random.number(0, 3)) {
        case 0:
            return {Carry::none, {}};
        case 1:
            return {Carry::unspent, {}};
        case 2:
            return {Carry::unspent_and_overspend, {}};
        default:
            return {Carry::capped, random.number(1, 500)};
    }
}

History any_history(RandomInput& random) {
    const bool months = random.one_in(2);
    const PeriodRule rule{months ? Unit::month : Unit::day,
                          static_cast<int>(random.number(1, months ? 6 : 40)),
                          day("2019-12-31").plus_days(static_cast<int>(random.number(0, 400)))};
    History history;
    auto& [budget, periods, spent] = history;
    budget.period = rule;
    budget.limits[earliest_day].minor = random.number(0, 100);
    auto period = period_of(rule, day("2015-03-05"));
    for (int i = 0; i < periods_walked; ++i, period = *next_period(rule, period)) {
        periods.push_back(period);
        if (random.one_in(10)) budget.limits[period.start].minor = random.number(0, 100);
        if (random.one_in(10)) budget.adjustments[period.start].minor = random.number(-50, 50);
        if (random.one_in(10))
            budget.funds[period.start] = {{{}, random.number(-50, 50)}, {{}, random.number(-5, 5)}};
        if (random.one_in(15)) budget.rollovers[period.start] = any_rollover(random);
        if (random.one_in(5)) spent[period.start] = random.number(-20, 300);
    }
    return history;
}

TEST(RolloverProperty, walks_come_to_what_period_by_period_comes_to) {
    RandomInput random;
    for (int round = 0; round < 300; ++round) {
        const auto history = any_history(random);
        const auto& budget = history.budget;
        CarryWalk walk(budget);
        std::int64_t carried = 0;
        for (const auto& period : history.periods) {
            const auto found = history.spent.find(period.start);
            const auto spent = found == history.spent.end() ? 0 : found->second;
            // What was spent must be told; where nothing was, being asked makes no difference.
            if (spent != 0 || random.one_in(4)) {
                ASSERT_EQ(walk.into(period), carried) << period.start.text();
                walk.spend(spent);
            }
            const auto left = budget.planned_minor(period) + budget.adjusted_minor(period) +
                              budget.moved_minor(period) + carried - spent;
            carried = naive(budget.rollover_of(period), left);
        }
    }
}

}  // namespace
}  // namespace outlay::domain::budget
