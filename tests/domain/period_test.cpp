// Promise: a period rule cuts time where people expect it, also at month ends and in leap years.
#include "domain/budget/period.hpp"

#include "tests/domain/decider_spec.hpp"

namespace outlay::domain::budget {
namespace {

using spec::day;

struct Row {
    const char* what;
    PeriodRule rule;
    const char* day;
    const char* start;
    const char* end;
};

const std::vector<Row> rows{
    {"calendar month",
     {Unit::month, 1, day("2015-01-01")},
     "2026-11-20",
     "2026-11-01",
     "2026-11-30"},
    {"month before the anchor",
     {Unit::month, 1, day("2015-01-01")},
     "2014-12-31",
     "2014-12-01",
     "2014-12-31"},
    {"month from payday",
     {Unit::month, 1, day("2026-01-25")},
     "2026-11-24",
     "2026-10-25",
     "2026-11-24"},
    {"month from payday, on it",
     {Unit::month, 1, day("2026-01-25")},
     "2026-11-25",
     "2026-11-25",
     "2026-12-24"},
    {"anchor 31, common February",
     {Unit::month, 1, day("2026-01-31")},
     "2026-02-28",
     "2026-02-28",
     "2026-03-30"},
    {"anchor 31, day before",
     {Unit::month, 1, day("2026-01-31")},
     "2026-02-27",
     "2026-01-31",
     "2026-02-27"},
    {"anchor 31, leap February",
     {Unit::month, 1, day("2024-01-31")},
     "2024-02-28",
     "2024-01-31",
     "2024-02-28"},
    {"anchor 31, leap day",
     {Unit::month, 1, day("2024-01-31")},
     "2024-02-29",
     "2024-02-29",
     "2024-03-30"},
    {"anchor 31, back to 31",
     {Unit::month, 1, day("2024-01-31")},
     "2024-03-31",
     "2024-03-31",
     "2024-04-29"},
    {"anchor 30 in February",
     {Unit::month, 1, day("2025-11-30")},
     "2026-03-01",
     "2026-02-28",
     "2026-03-29"},
    {"quarter", {Unit::month, 3, day("2026-01-01")}, "2026-11-20", "2026-10-01", "2026-12-31"},
    {"quarter before the anchor",
     {Unit::month, 3, day("2026-01-01")},
     "2025-02-28",
     "2025-01-01",
     "2025-03-31"},
    {"fiscal year", {Unit::month, 12, day("2020-04-01")}, "2026-03-31", "2025-04-01", "2026-03-31"},
    {"year from a leap day",
     {Unit::month, 12, day("2024-02-29")},
     "2026-02-28",
     "2026-02-28",
     "2027-02-27"},
    {"year to a leap day",
     {Unit::month, 12, day("2024-02-29")},
     "2028-02-28",
     "2027-02-28",
     "2028-02-28"},
    {"week from Monday",
     {Unit::day, 7, day("2026-11-16")},
     "2026-11-22",
     "2026-11-16",
     "2026-11-22"},
    {"week before the anchor",
     {Unit::day, 7, day("2026-11-16")},
     "2026-11-15",
     "2026-11-09",
     "2026-11-15"},
    {"week over new year",
     {Unit::day, 7, day("2024-01-01")},
     "2027-01-01",
     "2026-12-28",
     "2027-01-03"},
    {"single days", {Unit::day, 1, day("2026-01-01")}, "2026-11-20", "2026-11-20", "2026-11-20"},
    {"first day that has a name",
     {Unit::day, 3660, day("9999-12-31")},
     "1900-01-01",
     "1900-01-01",
     "1903-03-29"},
    {"the last days that have a name",
     {Unit::month, 1, day("2026-01-15")},
     "9999-12-31",
     "9999-12-15",
     "9999-12-31"},
};

TEST(Periods, are_cut_where_people_expect_it) {
    for (const Row& row : rows) {
        SCOPED_TRACE(row.what);
        const Period period = period_of(row.rule, day(row.day));
        EXPECT_EQ(period.start.text(), row.start);
        EXPECT_EQ(period.end.text(), row.end);
        EXPECT_TRUE(period.contains(day(row.day)));
    }
}

TEST(Periods, follow_each_other) {
    const PeriodRule rule{Unit::month, 1, day("2023-12-31")};
    Period period = period_of(rule, day("2023-12-31"));
    for (const char* start :
         {"2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"}) {
        EXPECT_EQ(period.start.text(), start);
        period = *next_period(rule, period);
    }
}

TEST(Periods, end_with_the_calendar) {
    const PeriodRule rule{Unit::month, 1, day("2026-01-15")};
    EXPECT_FALSE(next_period(rule, period_of(rule, day("9999-12-20"))));
    EXPECT_EQ(next_period(rule, period_of(rule, day("1900-01-01")))->start, day("1900-01-15"));
}

TEST(PeriodRules, have_bounds) {
    EXPECT_TRUE(is_valid({Unit::day, 1, day("1900-01-01")}));
    EXPECT_TRUE(is_valid({Unit::day, 3660, day("9999-12-31")}));
    EXPECT_TRUE(is_valid({Unit::month, 120, day("2026-01-01")}));
    EXPECT_FALSE(is_valid({Unit::day, 0, day("2026-01-01")}));
    EXPECT_FALSE(is_valid({Unit::day, 3661, day("2026-01-01")}));
    EXPECT_FALSE(is_valid({Unit::month, -1, day("2026-01-01")}));
    EXPECT_FALSE(is_valid({Unit::month, 121, day("2026-01-01")}));
    EXPECT_FALSE(is_valid({Unit::month, 1, day("1900-01-01").plus_days(-1)}));
}

}  // namespace
}  // namespace outlay::domain::budget
