// How people cut their time: the day of the week that weeks begin with, the day of the year that
// fiscal years begin with, and times of the day. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/values/dates.hpp"

namespace outlay::domain {

class Weekday {
public:
    Weekday() = default;  // Monday
    // "monday" to "sunday"; anything else is empty.
    static std::optional<Weekday> parse(std::string_view text);
    std::string text() const;
    // The last such day up to and including `day`.
    Date on_or_before(Date day) const;
    bool operator==(const Weekday&) const = default;

private:
    unsigned after_monday_ = 0;  // days, 0 to 6
};

// A day that every year has, so not the 29th of February.
class YearDay {
public:
    YearDay() = default;  // the 1st of January
    // MM-DD; anything else is empty.
    static std::optional<YearDay> parse(std::string_view text);
    std::string text() const;
    // The last such day up to and including `day`.
    Date on_or_before(Date day) const;
    bool operator==(const YearDay&) const = default;

private:
    std::chrono::month month_{1};
    std::chrono::day day_{1};
};

// What a clock on the wall shows, to the minute.
class TimeOfDay {
public:
    TimeOfDay() = default;  // midnight
    // HH:MM, 00:00 to 23:59; anything else is empty.
    static std::optional<TimeOfDay> parse(std::string_view text);
    // The minute in which such a part of the day lies; less than 24 hours.
    static TimeOfDay after_midnight(std::chrono::seconds seconds);
    std::string text() const;
    std::chrono::minutes since_midnight() const { return std::chrono::minutes{minutes_}; }
    auto operator<=>(const TimeOfDay&) const = default;

private:
    int minutes_ = 0;
};

}  // namespace outlay::domain
