// A day has one spelling; an instant has many, and one canonical one that means the same.
#include "domain/values/dates.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/targets.hpp"

namespace outlay::fuzz {

namespace {

void check_date(std::string_view input) {
    const auto date = domain::Date::parse(input);
    if (!date) return;
    promise(date->text() == input, "a day has one spelling");
    promise(date->is_nameable(), "a day that was read can be named");
    promise(domain::earliest_day <= *date && *date <= domain::latest_day, "a day is in its range");
    promise(date->plus_days(1).plus_days(-1) == *date, "a day is a count");
}

void check_instant(std::string_view input) {
    const auto instant = domain::Instant::parse(input);
    if (!instant) return;
    const std::string text = instant->text();
    promise(domain::Instant::parse(text) == instant, "a written instant is read as it was");
    promise(domain::Date::parse(std::string_view(text).substr(0, 10)).has_value(),
            "an instant lies on a day that can be named");
    promise(text.back() == 'Z', "an instant is written in UTC");
}

}  // namespace

void fuzz_date(std::string_view input) {
    check_date(input);
    check_instant(input);
}

}  // namespace outlay::fuzz
