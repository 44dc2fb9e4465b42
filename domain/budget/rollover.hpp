// What a budget's periods hand on to the next one. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "domain/budget/state.hpp"

namespace outlay::domain::budget {

// More than this is never handed on, in either direction: sums of it stay within 64 bits.
inline constexpr std::int64_t carry_minor_max = 1'000'000'000'000'000'000;

// Walks the periods of a budget in order, from the first one that hands something on. Periods in
// which nothing was spent need not be told: a run of them costs one step, so a walk costs as many
// steps as there are periods with spending and changes of the rules.
class CarryWalk {
public:
    explicit CarryWalk(const Budget& budget);

    // What the period before this one handed on to it. Must not go back.
    std::int64_t into(const Period& period);
    // What was spent in the period that was asked for last.
    void spend(std::int64_t spent_minor) {
        if (hands_on_) spent_minor_ = spent_minor;
    }

private:
    void walk_to(int number);
    // Number of the first period after this one in which a rule changes or a single period does.
    int next_change(const Period& period, int most) const;

    const Budget& budget_;
    std::optional<int> at_;  // where the walk stands; empty: nothing is ever handed on
    bool hands_on_ = false;  // the period that was asked for last hands something on
    std::int64_t carried_minor_ = 0;
    std::int64_t spent_minor_ = 0;  // in the period where the walk stands
};

}  // namespace outlay::domain::budget
