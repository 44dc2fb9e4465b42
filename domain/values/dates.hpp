// Plain calendar days and instants. A Date has no zone; an Instant is UTC with microseconds.
// Values; any thread.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outlay::domain {

// The calendar years that people may name; days outside them are typing errors, not spending.
inline constexpr int year_min = 1900;
inline constexpr int year_max = 9999;

class Date {
public:
    Date() = default;
    explicit Date(std::chrono::sys_days day) : day_(day) {}
    // YYYY-MM-DD of the Gregorian calendar, years 1900 to 9999; anything else is empty.
    static std::optional<Date> parse(std::string_view text);
    static std::optional<Date> of(int year, unsigned month, unsigned day);
    std::string text() const;
    std::chrono::sys_days days() const noexcept { return day_; }
    std::chrono::year_month_day ymd() const noexcept { return std::chrono::year_month_day{day_}; }
    Date plus_days(int count) const { return Date{day_ + std::chrono::days{count}}; }
    // True for the years that people may name.
    bool is_nameable() const noexcept;
    auto operator<=>(const Date&) const = default;

private:
    std::chrono::sys_days day_{};
};

// The days that people may name.
inline const Date earliest_day{std::chrono::sys_days{std::chrono::year{year_min} / 1 / 1}};
inline const Date latest_day{std::chrono::sys_days{std::chrono::year{year_max} / 12 / 31}};

struct Instant {
    std::int64_t micros = 0;  // since 1970-01-01T00:00:00Z
    auto operator<=>(const Instant&) const = default;
    // "2026-11-20T08:15:00.123456Z"; a zero fraction is left out.
    std::string text() const;
    // RFC 3339 with any offset and up to six fraction digits; second 60 is clamped to 59.
    static std::optional<Instant> parse(std::string_view text);
};

}  // namespace outlay::domain
