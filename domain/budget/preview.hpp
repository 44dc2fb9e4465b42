// What a budget would have warned of, had every expense been recorded on its own day. Pure; any
// thread.
#pragma once

#include <vector>

#include "domain/budget/spending.hpp"

namespace outlay::domain::budget {

struct DaySpent {
    std::int64_t minor = 0;
    std::map<MemberId, std::int64_t> members{};  // where thresholds watch each member
};
using DailySpending = std::map<Date, DaySpent>;

struct Warning {
    Period period;
    std::size_t threshold = 0;  // which one of the budget's
    std::optional<MemberId> member{};
    Date day;
    std::int64_t spent_minor = 0;
    std::int64_t watched_minor = 0;
    std::int64_t limit_minor = 0;
    UsageState level = UsageState::within;
    bool operator==(const Warning&) const = default;
};

// How often at most a number is held against a threshold on the way: the work that a preview is.
std::int64_t looks_of(const Budget& budget, const DailySpending& daily, const Period& range);

// The days, in order, at whose end a threshold was reached that was not reached the day before. The
// range begins with a period; `most` warnings are told, and one more if there are more.
std::vector<Warning> warnings_over(const Budget& budget, const DailySpending& daily,
                                   const Period& range, std::size_t most);

}  // namespace outlay::domain::budget
