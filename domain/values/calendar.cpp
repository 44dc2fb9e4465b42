// Words and arithmetic of week days and year days.
#include "domain/values/calendar.hpp"

#include <array>

#include "domain/values/check.hpp"

namespace outlay::domain {

namespace {

constexpr std::array<std::string_view, 7> weekday_names{
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

constexpr std::string_view common_year = "2001-";  // has no 29 February

constexpr int minutes_per_hour = 60;
constexpr int hours_per_day = 24;

// Two digits; below zero for anything else.
int two_digits(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() != 2 || !is_digit(text[0]) || !is_digit(text[1])) return -1;
    return (text[0] - '0') * 10 + (text[1] - '0');
}

std::string two_digits(int number) {
    const auto digits = std::to_string(number);
    return digits.size() == 1 ? "0" + digits : digits;
}

}  // namespace

std::optional<Weekday> Weekday::parse(std::string_view text) {
    for (unsigned at = 0; at < weekday_names.size(); ++at) {
        if (weekday_names[at] != text) continue;
        Weekday found;
        found.after_monday_ = at;
        return found;
    }
    return std::nullopt;
}

std::string Weekday::text() const {
    return std::string(weekday_names[after_monday_]);
}

Date Weekday::on_or_before(Date day) const {
    const unsigned after_monday = std::chrono::weekday{day.days()}.iso_encoding() - 1;
    return day.plus_days(-static_cast<int>((after_monday + 7 - after_monday_) % 7));
}

std::optional<YearDay> YearDay::parse(std::string_view text) {
    const auto date = Date::parse(std::string(common_year) + std::string(text));
    if (!date) return std::nullopt;
    YearDay found;
    found.month_ = date->ymd().month();
    found.day_ = date->ymd().day();
    return found;
}

std::string YearDay::text() const {
    using namespace std::chrono;
    const Date date{sys_days{year{2001} / month_ / day_}};
    return date.text().substr(common_year.size());
}

Date YearDay::on_or_before(Date day) const {
    using namespace std::chrono;
    const auto in_year = [this](year of) { return Date{sys_days{of / month_ / day_}}; };
    const auto year_of_day = day.ymd().year();
    const Date wanted = in_year(year_of_day);
    return wanted <= day ? wanted : in_year(year_of_day - years{1});
}

std::optional<TimeOfDay> TimeOfDay::parse(std::string_view text) {
    constexpr std::size_t colon = 2;
    if (text.size() != colon + 3 || text[colon] != ':') return std::nullopt;
    const int hour = two_digits(text.substr(0, colon));
    const int minute = two_digits(text.substr(colon + 1));
    if (hour < 0 || hour >= hours_per_day || minute < 0 || minute >= minutes_per_hour)
        return std::nullopt;
    TimeOfDay found;
    found.minutes_ = hour * minutes_per_hour + minute;
    return found;
}

TimeOfDay TimeOfDay::after_midnight(std::chrono::seconds seconds) {
    const auto minutes = std::chrono::floor<std::chrono::minutes>(seconds).count();
    CHECK(minutes >= 0 && minutes < std::int64_t{hours_per_day} * minutes_per_hour,
          "a time outside its day");
    TimeOfDay found;
    found.minutes_ = static_cast<int>(minutes);
    return found;
}

std::string TimeOfDay::text() const {
    return two_digits(minutes_ / minutes_per_hour) + ":" + two_digits(minutes_ % minutes_per_hour);
}

}  // namespace outlay::domain
