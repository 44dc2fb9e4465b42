// How people cut the year: the day of the week that weeks begin with, and the day of the year that
// fiscal years begin with. Values; any thread.
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

}  // namespace outlay::domain
