// Text forms of days and instants: strict readers, one canonical writing.
#include "domain/values/dates.hpp"

#include <algorithm>

namespace outlay::domain {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t second_micros = 1'000'000;
constexpr std::int64_t day_micros = 86'400 * second_micros;
constexpr std::size_t fraction_digits_max = 6;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void append_number(std::string& text, std::int64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    if (digits.size() < width) text.append(width - digits.size(), '0');
    text.append(digits);
}

// Reads a fixed form from left to right; once something does not fit, `ok` stays false.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    int number(std::size_t digits) {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            ok_ = ok_ && i < rest_.size() && is_digit(rest_[i]);
            if (!ok_) return 0;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }
    // A number that must not exceed `most`.
    int number(std::size_t digits, int most) {
        const int value = number(digits);
        ok_ = ok_ && value <= most;
        return value;
    }
    bool accept(std::string_view any_of) {
        if (!ok_ || rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    void expect(std::string_view any_of) { ok_ = accept(any_of) && ok_; }
    std::size_t digits_ahead() const {
        std::size_t count = 0;
        while (count < rest_.size() && is_digit(rest_[count])) ++count;
        return count;
    }
    bool ok() const { return ok_; }
    bool at_end() const { return ok_ && rest_.empty(); }
    char next() const { return rest_.empty() ? '\0' : rest_.front(); }

private:
    std::string_view rest_;
    bool ok_ = true;
};

std::optional<Date> read_date(Reader& reader) {
    const int year = reader.number(4);
    reader.expect("-");
    const int month = reader.number(2);
    reader.expect("-");
    const int day = reader.number(2);
    if (!reader.ok()) return std::nullopt;
    return Date::of(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

// ".5" to ".123456"; nothing is no fraction. Micros.
std::optional<std::int64_t> read_fraction(Reader& reader) {
    if (!reader.accept(".")) return 0;
    const std::size_t digits = reader.digits_ahead();
    if (digits == 0 || digits > fraction_digits_max) return std::nullopt;
    std::int64_t micros = reader.number(digits);
    for (std::size_t i = digits; i < fraction_digits_max; ++i) micros *= 10;
    return micros;
}

// "Z", "+05:30" or "-00:00", as seconds east of UTC.
std::int64_t read_offset(Reader& reader) {
    if (reader.accept("Zz")) return 0;
    const std::int64_t sign = reader.next() == '-' ? -1 : 1;
    reader.expect("+-");
    const int hours = reader.number(2, 23);
    reader.expect(":");
    const int minutes = reader.number(2, 59);
    return sign * (hours * 3600 + minutes * 60);
}

}  // namespace

std::optional<Date> Date::of(int year, unsigned month, unsigned day) {
    if (year < year_min || year > year_max) return std::nullopt;
    const year_month_day ymd{std::chrono::year{year}, std::chrono::month{month},
                             std::chrono::day{day}};
    if (!ymd.ok()) return std::nullopt;
    return Date{sys_days{ymd}};
}

std::optional<Date> Date::parse(std::string_view text) {
    Reader reader(text);
    const auto date = read_date(reader);
    return reader.at_end() ? date : std::nullopt;
}

bool Date::is_nameable() const noexcept {
    const int year{ymd().year()};
    return year_min <= year && year <= year_max;
}

std::string Date::text() const {
    const year_month_day day = ymd();
    std::string text;
    append_number(text, int{day.year()}, 4);
    text.push_back('-');
    append_number(text, unsigned{day.month()}, 2);
    text.push_back('-');
    append_number(text, unsigned{day.day()}, 2);
    return text;
}

std::string Instant::text() const {
    const auto whole_days = std::chrono::floor<days>(std::chrono::microseconds{micros});
    const std::int64_t of_day = micros - whole_days.count() * day_micros;
    const std::int64_t seconds = of_day / second_micros;
    const std::int64_t fraction = of_day % second_micros;
    std::string text = Date{sys_days{whole_days}}.text();
    text.push_back('T');
    append_number(text, seconds / 3600, 2);
    text.push_back(':');
    append_number(text, seconds / 60 % 60, 2);
    text.push_back(':');
    append_number(text, seconds % 60, 2);
    if (fraction != 0) {
        text.push_back('.');
        append_number(text, fraction, fraction_digits_max);
    }
    text.push_back('Z');
    return text;
}

std::optional<Instant> Instant::parse(std::string_view text) {
    Reader reader(text);
    const auto date = read_date(reader);
    if (!date) return std::nullopt;
    reader.expect("Tt");
    const int hour = reader.number(2, 23);
    reader.expect(":");
    const int minute = reader.number(2, 59);
    reader.expect(":");
    // A leap second has no place of its own in this count of time.
    const int second = std::min(reader.number(2, 60), 59);
    const auto fraction = read_fraction(reader);
    const std::int64_t offset = read_offset(reader);
    if (!fraction || !reader.at_end()) return std::nullopt;

    const std::int64_t seconds = hour * 3600 + minute * 60 + second - offset;
    const Instant instant{date->days().time_since_epoch().count() * day_micros +
                          seconds * second_micros + *fraction};
    // The offset may lead out of the years that can be written.
    const Date utc_day{std::chrono::floor<days>(std::chrono::sys_time<std::chrono::microseconds>{
        std::chrono::microseconds{instant.micros}})};
    return utc_day.is_nameable() ? std::optional<Instant>(instant) : std::nullopt;
}

}  // namespace outlay::domain
