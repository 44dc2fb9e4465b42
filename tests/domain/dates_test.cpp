// Promise: days and instants are read strictly and written in one way.
#include "domain/values/dates.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace outlay::domain {
namespace {

TEST(Days, are_read_and_written_as_year_month_day) {
    for (const char* text :
         {"1900-01-01", "1970-01-01", "2024-02-29", "2000-02-29", "2026-11-20", "9999-12-31"}) {
        const auto date = Date::parse(text);
        ASSERT_TRUE(date.has_value()) << text;
        EXPECT_EQ(date->text(), text);
    }
    EXPECT_EQ(Date::parse("1970-01-02")->days().time_since_epoch().count(), 1);
    EXPECT_EQ(Date::of(2026, 11, 20), Date::parse("2026-11-20"));
    EXPECT_EQ(Date::parse("2024-02-28")->plus_days(2), Date::parse("2024-03-01"));
}

TEST(Days, that_do_not_exist_or_are_written_otherwise_are_refused) {
    for (const char* text : {"",
                             "2026",
                             "2026-11",
                             "2026-11-2",
                             "2026-1-20",
                             "26-11-20",
                             "2026-11-200",
                             "2026/11/20",
                             "20261120",
                             "2026-11-20 ",
                             " 2026-11-20",
                             "2026-11-20T00:00:00Z",
                             "+2026-11-20",
                             "-026-11-20",
                             "2026-13-01",
                             "2026-00-10",
                             "2026-01-00",
                             "2026-02-29",
                             "2100-02-29",
                             "2026-04-31",
                             "1899-12-31",
                             "0000-01-01",
                             "10000-01-01",
                             "2026-1x-20",
                             "2026-11-2\xC2\xB2"}) {
        EXPECT_EQ(Date::parse(text), std::nullopt) << text;
    }
    EXPECT_EQ(Date::of(2026, 2, 29), std::nullopt);
    EXPECT_EQ(Date::of(1899, 12, 31), std::nullopt);
}

TEST(Days, outside_the_named_years_are_told_apart) {
    EXPECT_TRUE(Date::parse("1900-01-01")->is_nameable());
    EXPECT_FALSE(Date::parse("1900-01-01")->plus_days(-1).is_nameable());
    EXPECT_FALSE(Date::parse("9999-12-31")->plus_days(1).is_nameable());
}

TEST(Instants, are_read_with_any_offset_and_written_in_utc) {
    struct Row {
        const char* read;
        const char* written;
    };
    const std::vector<Row> rows{
        {"2026-11-20T08:15:00.123456Z", "2026-11-20T08:15:00.123456Z"},
        {"2026-11-20T08:15:00Z", "2026-11-20T08:15:00Z"},
        {"2026-11-20t08:15:00z", "2026-11-20T08:15:00Z"},
        {"2026-11-20T08:15:00.5Z", "2026-11-20T08:15:00.500000Z"},
        {"2026-11-20T08:15:00.000Z", "2026-11-20T08:15:00Z"},
        {"2026-11-20T08:15:00+05:30", "2026-11-20T02:45:00Z"},
        {"2026-11-20T23:00:00-02:30", "2026-11-21T01:30:00Z"},
        {"2026-11-20T08:15:00-00:00", "2026-11-20T08:15:00Z"},
        {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"},
        {"2016-12-31T23:59:60.75Z", "2016-12-31T23:59:59.750000Z"},
        {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
        {"1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
    };
    for (const Row& row : rows) {
        const auto instant = Instant::parse(row.read);
        ASSERT_TRUE(instant.has_value()) << row.read;
        EXPECT_EQ(instant->text(), row.written) << row.read;
    }
    EXPECT_EQ(Instant::parse("1970-01-01T00:00:01Z")->micros, 1'000'000);
    EXPECT_EQ(Instant::parse("1969-12-31T23:59:59Z")->micros, -1'000'000);
}

TEST(Instants, that_do_not_exist_or_are_written_otherwise_are_refused) {
    for (const char* text : {"",
                             "2026-11-20",
                             "2026-11-20T08:15:00",
                             "2026-11-20T08:15Z",
                             "2026-11-20 08:15:00Z",
                             "2026-11-20T24:00:00Z",
                             "2026-11-20T08:60:00Z",
                             "2026-11-20T08:15:61Z",
                             "2026-13-20T08:15:00Z",
                             "2026-02-30T08:15:00Z",
                             "2026-11-20T08:15:00.Z",
                             "2026-11-20T08:15:00.1234567Z",
                             "2026-11-20T08:15:00,5Z",
                             "2026-11-20T08:15:00+0530",
                             "2026-11-20T08:15:00+05",
                             "2026-11-20T08:15:00+24:00",
                             "2026-11-20T08:15:00+05:60",
                             "2026-11-20T08:15:00Zx",
                             "2026-11-20T08:15:00Z ",
                             "2026-11-20T8:15:00Z",
                             "1900-01-01T00:00:00+00:01",
                             "9999-12-31T23:59:59-00:01"}) {
        EXPECT_EQ(Instant::parse(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace outlay::domain
