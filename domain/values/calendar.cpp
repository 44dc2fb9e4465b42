// Words and arithmetic of week days and year days.
#include "domain/values/calendar.hpp"

#include <array>

namespace outlay::domain {

namespace {

constexpr std::array<std::string_view, 7> weekday_names{
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

constexpr std::string_view common_year = "2001-";  // has no 29 February

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

}  // namespace outlay::domain
