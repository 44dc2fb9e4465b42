// Period rules: how a budget cuts time into periods. Periods are inclusive day ranges that tile
// time, from earliest_day to latest_day, without gap or overlap: the first and the last one may be
// shorter than the rule says. Pure; any thread.
#pragma once

#include <compare>
#include <optional>

#include "domain/values/dates.hpp"

namespace outlay::domain::budget {

enum class Unit { day, month };

// Every `count` units, counted from `anchor` in both directions. A monthly rule keeps the anchor's
// day of the month; months that are too short start on their last day (anchor 31 January: 28 or 29
// February, 31 March). A week is 7 days, a quarter 3 months, a year 12 months.
struct PeriodRule {
    Unit unit = Unit::month;
    int count = 1;  // 1 to 3660 days, 1 to 120 months
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
// The period of a nameable day.
Period period_of(const PeriodRule& rule, Date day);
// Empty behind the last one.
std::optional<Period> next_period(const PeriodRule& rule, const Period& period);

}  // namespace outlay::domain::budget
