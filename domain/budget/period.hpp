// Period rules: how a budget cuts time into periods. Periods are inclusive day ranges that tile
// time, from earliest_day to latest_day, without gap or overlap: the first and the last one may be
// shorter than the rule says. A rule of a single range has that one period and no other. Pure; any
// thread.
#pragma once

#include <compare>
#include <optional>

#include "domain/values/dates.hpp"

namespace outlay::domain::budget {

enum class Unit { day, month, once };

// Every `count` units, counted from `anchor` in both directions. A monthly rule keeps the anchor's
// day of the month; months that are too short start on their last day (anchor 31 January: 28 or 29
// February, 31 March). A week is 7 days, a quarter 3 months, a year 12 months. `once` is
// one range of `count` days that begins on the anchor.
struct PeriodRule {
    Unit unit = Unit::month;
    int count = 1;  // 1 to 3660 days, or 1 to 120 months
    Date anchor;
    bool operator==(const PeriodRule&) const = default;
};

struct Period {
    Date start;  // inclusive
    Date end;    // inclusive
    auto operator<=>(const Period&) const = default;
    bool contains(Date day) const { return start <= day && day <= end; }
};

bool is_valid(const PeriodRule& rule);
// The period of a nameable day; empty for a day outside of a single range.
std::optional<Period> period_at(const PeriodRule& rule, Date day);
// The same for a day that is known to have one.
Period period_of(const PeriodRule& rule, Date day);
// Empty behind the last one.
std::optional<Period> next_period(const PeriodRule& rule, const Period& period);
// Empty before the first one.
std::optional<Period> previous_period(const PeriodRule& rule, const Period& period);
// The period of a day, or the first one after it; empty behind the last one.
std::optional<Period> first_period(const PeriodRule& rule, Date day);
// The period of a rule that has one only; empty for the others.
std::optional<Period> only_period(const PeriodRule& rule);

// Periods are numbered in order; 0 begins on the anchor.
int number_of(const PeriodRule& rule, const Period& period);
Period numbered(const PeriodRule& rule, int number);

}  // namespace outlay::domain::budget
