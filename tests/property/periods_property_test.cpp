// Promise: for every rule, periods tile all of time: each day lies in exactly one, and none is
// empty.
#include "domain/budget/period.hpp"

#include "tests/property/random_input.hpp"

namespace outlay::domain::budget {
namespace {

using property::RandomInput;

Date day_between(RandomInput& random, int first_year, int last_year) {
    const Date first = *Date::of(first_year, 1, 1);
    const auto days = (Date::of(last_year, 12, 31)->days() - first.days()).count();
    return first.plus_days(static_cast<int>(random.number(0, days)));
}

// Half of all anchors are days that not every month has.
Date any_anchor(RandomInput& random) {
    const Date day = day_between(random, 1950, 2100);
    if (random.one_in(2)) return day;
    const auto late = Date::of(int{day.ymd().year()}, unsigned{day.ymd().month()},
                               static_cast<unsigned>(random.number(29, 31)));
    return late.value_or(day);
}

PeriodRule any_rule(RandomInput& random) {
    const bool months = random.one_in(2);
    const bool short_ones = random.one_in(2);
    const std::int64_t most = short_ones ? 14 : (months ? 120 : 3660);
    return PeriodRule{months ? Unit::month : Unit::day, static_cast<int>(random.number(1, most)),
                      any_anchor(random)};
}

std::string what(const PeriodRule& rule) {
    return std::to_string(rule.count) + (rule.unit == Unit::day ? " days from " : " months from ") +
           rule.anchor.text();
}

TEST(PeriodsProperty, follow_each_other_without_gap_or_overlap_for_decades) {
    RandomInput random;
    for (int round = 0; round < 300; ++round) {
        const PeriodRule rule = any_rule(random);
        ASSERT_TRUE(is_valid(rule));
        SCOPED_TRACE(what(rule));
        const Date until = *Date::of(2040, 1, 1);
        Period period = period_of(rule, day_between(random, 1980, 2000));
        while (period.start < until) {
            const Period next = *next_period(rule, period);
            ASSERT_LE(period.start, period.end);
            ASSERT_EQ(next.start, period.end.plus_days(1));
            ASSERT_EQ(period_of(rule, period.start), period);
            ASSERT_EQ(period_of(rule, period.end), period);
            period = next;
        }
    }
}

TEST(PeriodsProperty, give_every_day_to_the_period_that_contains_it) {
    RandomInput random;
    for (int round = 0; round < 50; ++round) {
        const PeriodRule rule = any_rule(random);
        SCOPED_TRACE(what(rule));
        Date day = day_between(random, 1990, 2030);
        Period period = period_of(rule, day);
        for (int days = 0; days < 3 * 366; ++days, day = day.plus_days(1)) {
            if (day > period.end) period = *next_period(rule, period);
            ASSERT_TRUE(period.contains(day)) << day.text();
            ASSERT_EQ(period_of(rule, day), period) << day.text();
        }
    }
}

TEST(PeriodsProperty, reach_any_day_of_the_calendar) {
    RandomInput random;
    for (int round = 0; round < 20'000; ++round) {
        const PeriodRule rule = any_rule(random);
        const Date day = day_between(random, year_min, year_max);
        const Period period = period_of(rule, day);
        ASSERT_TRUE(period.contains(day)) << what(rule) << ", " << day.text();
        if (period.start > earliest_day) {
            const Date before = period.start.plus_days(-1);
            ASSERT_EQ(period_of(rule, before).end, before);
        }
        const auto next = next_period(rule, period);
        ASSERT_EQ(next.has_value(), period.end < latest_day);
        if (next) {
            ASSERT_EQ(next->start, period.end.plus_days(1));
        }
    }
}

TEST(PeriodsProperty, start_on_the_anchors_day_or_the_last_of_a_short_month) {
    RandomInput random;
    for (int round = 0; round < 20'000; ++round) {
        PeriodRule rule = any_rule(random);
        rule.unit = Unit::month;
        rule.count = static_cast<int>(random.number(1, 120));
        const auto anchor = rule.anchor.ymd();
        const auto start = period_of(rule, day_between(random, 1911, 2200)).start.ymd();
        const auto last = (start.year() / start.month() / std::chrono::last).day();
        ASSERT_EQ(start.day(), std::min(anchor.day(), last)) << what(rule);
        const auto months = (start.year() / start.month() - anchor.year() / anchor.month()).count();
        ASSERT_EQ(months % rule.count, 0) << what(rule);
    }
}

TEST(PeriodsProperty, of_days_all_have_the_same_length) {
    RandomInput random;
    for (int round = 0; round < 20'000; ++round) {
        PeriodRule rule = any_rule(random);
        rule.unit = Unit::day;
        const Period period = period_of(rule, day_between(random, 1911, 2200));
        ASSERT_EQ((period.end.days() - period.start.days()).count() + 1, rule.count) << what(rule);
        ASSERT_EQ((period.start.days() - rule.anchor.days()).count() % rule.count, 0) << what(rule);
    }
}

TEST(PeriodsProperty, begin_with_the_anchor) {
    RandomInput random;
    for (int round = 0; round < 20'000; ++round) {
        const PeriodRule rule = any_rule(random);
        ASSERT_EQ(period_of(rule, rule.anchor).start, rule.anchor) << what(rule);
    }
}

}  // namespace
}  // namespace outlay::domain::budget
