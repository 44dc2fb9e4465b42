// Promise: the days that weeks and fiscal years begin with are read strictly, written in one way,
// and found from any day.
#include "domain/values/calendar.hpp"

#include "tests/domain/decider_spec.hpp"

namespace outlay::domain {
namespace {

using spec::day;

TEST(Weekdays, are_read_and_written_by_name) {
    for (const char* name :
         {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}) {
        const auto weekday = Weekday::parse(name);
        ASSERT_TRUE(weekday.has_value()) << name;
        EXPECT_EQ(weekday->text(), name);
    }
    EXPECT_EQ(Weekday{}.text(), "monday");
    for (const char* text : {"", "Monday", "mon", "1", "sunday "}) {
        EXPECT_EQ(Weekday::parse(text), std::nullopt) << text;
    }
}

TEST(Weekdays, are_found_up_to_and_including_a_day) {
    const Weekday monday;
    const Weekday sunday = *Weekday::parse("sunday");
    EXPECT_EQ(monday.on_or_before(day("2026-11-16")), day("2026-11-16"));  // a Monday
    EXPECT_EQ(monday.on_or_before(day("2026-11-22")), day("2026-11-16"));
    EXPECT_EQ(sunday.on_or_before(day("2026-11-22")), day("2026-11-22"));
    EXPECT_EQ(sunday.on_or_before(day("2026-11-21")), day("2026-11-15"));
}

TEST(YearDays, are_read_and_written_as_month_and_day) {
    for (const char* text : {"01-01", "02-28", "04-06", "12-31"}) {
        const auto found = YearDay::parse(text);
        ASSERT_TRUE(found.has_value()) << text;
        EXPECT_EQ(found->text(), text);
    }
    EXPECT_EQ(YearDay{}.text(), "01-01");
    for (const char* text :
         {"", "02-29", "13-01", "4-6", "04-31", "2026-04-06", "0406", "04-06 "}) {
        EXPECT_EQ(YearDay::parse(text), std::nullopt) << text;
    }
}

TEST(YearDays, are_found_up_to_and_including_a_day) {
    const YearDay april = *YearDay::parse("04-06");
    EXPECT_EQ(april.on_or_before(day("2026-04-06")), day("2026-04-06"));
    EXPECT_EQ(april.on_or_before(day("2026-04-05")), day("2025-04-06"));
    EXPECT_EQ(YearDay{}.on_or_before(day("2024-02-29")), day("2024-01-01"));
}

TEST(TimesOfDay, are_read_and_written_as_hours_and_minutes) {
    for (const auto* text : {"00:00", "07:05", "22:30", "23:59"}) {
        const auto time = TimeOfDay::parse(text);
        ASSERT_TRUE(time.has_value()) << text;
        EXPECT_EQ(time->text(), text);
    }
    for (const auto* text : {"", "7:05", "24:00", "12:60", "12-30", "12:3", "12:300", "aa:bb"})
        EXPECT_FALSE(TimeOfDay::parse(text).has_value()) << text;
    EXPECT_EQ(TimeOfDay::parse("01:30")->since_midnight(), std::chrono::minutes{90});
    EXPECT_EQ(TimeOfDay::after_midnight(std::chrono::seconds{86399}).text(), "23:59");
}

}  // namespace
}  // namespace outlay::domain
