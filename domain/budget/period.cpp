// Period arithmetic: the start of the n-th period from the anchor, and the n of any day, both
// without loops.
#include "domain/budget/period.hpp"

#include <algorithm>

#include "domain/values/check.hpp"

namespace outlay::domain::budget {

namespace {

constexpr int days_max = 3660;  // ten years
constexpr int months_max = 120;

std::chrono::year_month month_of(Date day) {
    return day.ymd().year() / day.ymd().month();
}

// Rounds towards minus infinity, so that periods before the anchor count -1, -2, ...
int floor_divide(int dividend, int divisor) {
    const int quotient = dividend / divisor;
    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

// The first day of the n-th period; the anchor starts period 0. Every start is computed from the
// anchor and not from the start before it, so a short month does not pull the later ones down with
// it.
Date start_of(const PeriodRule& rule, int n) {
    switch (rule.unit) {
        case Unit::day:
        case Unit::once:
            return rule.anchor.plus_days(n * rule.count);
        case Unit::month: {
            const auto month = month_of(rule.anchor) + std::chrono::months{n * rule.count};
            const auto last = (month / std::chrono::last).day();
            return Date{std::chrono::sys_days{month / std::min(rule.anchor.ymd().day(), last)}};
        }
    }
    CHECK(false, "a unit outside its enumeration");
    return {};
}

int index_of(const PeriodRule& rule, Date day) {
    switch (rule.unit) {
        case Unit::day:
        case Unit::once: {
            const auto distance = (day.days() - rule.anchor.days()).count();
            return floor_divide(static_cast<int>(distance), rule.count);
        }
        case Unit::month: {
            const auto distance = (month_of(day) - month_of(rule.anchor)).count();
            const int n = floor_divide(static_cast<int>(distance), rule.count);
            // In the month of a start, the days before it still belong to the period before.
            return day < start_of(rule, n) ? n - 1 : n;
        }
    }
    CHECK(false, "a unit outside its enumeration");
    return 0;
}

}  // namespace

bool is_valid(const PeriodRule& rule) {
    const int count_max = rule.unit == Unit::month ? months_max : days_max;
    return rule.count >= 1 && rule.count <= count_max && rule.anchor.is_nameable();
}

std::optional<Period> period_at(const PeriodRule& rule, Date day) {
    CHECK(is_valid(rule), "periods of an invalid rule");
    const int n = index_of(rule, day);
    if (rule.unit == Unit::once && n != 0) return std::nullopt;
    return numbered(rule, n);
}

Period period_of(const PeriodRule& rule, Date day) {
    const auto period = period_at(rule, day);
    CHECK(period.has_value(), "a day outside of the single range of a rule");
    return *period;
}

int number_of(const PeriodRule& rule, const Period& period) {
    return index_of(rule, period.start);
}

Period numbered(const PeriodRule& rule, int number) {
    return {std::max(start_of(rule, number), earliest_day),
            std::min(start_of(rule, number + 1).plus_days(-1), latest_day)};
}

std::optional<Period> first_period(const PeriodRule& rule, Date day) {
    const auto only = only_period(rule);
    if (!only) return period_of(rule, day);
    return day <= only->end ? only : std::nullopt;
}

std::optional<Period> only_period(const PeriodRule& rule) {
    if (rule.unit != Unit::once) return std::nullopt;
    return numbered(rule, 0);
}

std::optional<Period> previous_period(const PeriodRule& rule, const Period& period) {
    if (period.start <= earliest_day) return std::nullopt;
    return period_at(rule, period.start.plus_days(-1));
}

std::optional<Period> next_period(const PeriodRule& rule, const Period& period) {
    if (period.end >= latest_day) return std::nullopt;
    return period_at(rule, period.end.plus_days(1));
}

}  // namespace outlay::domain::budget
