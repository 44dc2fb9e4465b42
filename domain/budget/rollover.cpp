// The walk over periods that hand on what is left.
#include "domain/budget/rollover.hpp"

#include <algorithm>

#include "domain/values/check.hpp"

namespace outlay::domain::budget {

namespace {

// Products of a limit and a count of periods need it.
__extension__ using Wide = __int128;

std::int64_t bounded(Wide minor) {
    return static_cast<std::int64_t>(
        std::clamp<Wide>(minor, -Wide{carry_minor_max}, Wide{carry_minor_max}));
}

// What is handed on of a period by its rule, where `left` is what it had less what was spent.
std::int64_t handed_on(const Rollover& rule, Wide left) {
    switch (rule.carry) {
        case Carry::none:
            return 0;
        case Carry::unspent:
            return bounded(std::max<Wide>(0, left));
        case Carry::unspent_and_overspend:
            return bounded(left);
        case Carry::capped:
            return bounded(std::clamp<Wide>(left, 0, Wide{rule.cap_minor.value_or(0)}));
    }
    CHECK(false, "a carry outside its enumeration");
    return 0;
}

template <typename Value>
void look_for_change(const std::map<Date, Value>& changes, Date after, std::optional<Date>& first) {
    const auto next = changes.upper_bound(after);
    if (next == changes.end()) return;
    first = first ? std::min(*first, next->first) : next->first;
}

}  // namespace

CarryWalk::CarryWalk(const Budget& budget) : budget_(budget) {
    if (!budget.has_rollover() || only_period(budget.period)) return;
    const auto first = period_of(budget.period, budget.rollovers.begin()->first);
    at_ = number_of(budget.period, first);
}

std::int64_t CarryWalk::into(const Period& period) {
    if (!at_) return 0;
    const int wanted = number_of(budget_.period, period);
    hands_on_ = wanted >= *at_;
    if (!hands_on_) return 0;
    walk_to(wanted);
    return carried_minor_;
}

void CarryWalk::walk_to(int number) {
    while (*at_ < number) {
        const auto period = numbered(budget_.period, *at_);
        const auto rule = budget_.rollover_of(period);
        const auto planned = budget_.planned_minor(period);
        const Wide left = Wide{planned} + budget_.adjusted_minor(period) +
                          budget_.moved_minor(period) + carried_minor_ - spent_minor_;
        carried_minor_ = handed_on(rule, left);
        spent_minor_ = 0;
        // Periods without anything of their own follow the same rule with the same limit, and what
        // they hand on never shrinks: all of them are one step.
        const int stop = next_change(period, number);
        const int plain = stop - *at_ - 1;
        if (plain > 0) {
            carried_minor_ = handed_on(rule, Wide{planned} * plain + carried_minor_);
        }
        at_ = stop;
    }
}

int CarryWalk::next_change(const Period& period, int most) const {
    std::optional<Date> first;
    look_for_change(budget_.limits, period.start, first);
    look_for_change(budget_.rollovers, period.start, first);
    look_for_change(budget_.adjustments, period.start, first);
    look_for_change(budget_.funds, period.start, first);
    if (!first) return most;
    const int changed = number_of(budget_.period, period_of(budget_.period, *first));
    return std::min(most, std::max(changed, *at_ + 1));
}

}  // namespace outlay::domain::budget
