// Arithmetic of waiting.
#include "workers/notifier/timing.hpp"

#include "domain/values/check.hpp"

namespace outlay::workers::notifier {

namespace {

using namespace std::chrono_literals;
using domain::channel::Span;

Pause length_of(Span span) {
    switch (span) {
        case Span::second:
            return 1s;
        case Span::minute:
            return 1min;
        case Span::hour:
            return 1h;
    }
    CHECK(false, "a span outside its enumeration");
    return {};
}

}  // namespace

std::optional<domain::Instant> quiet_until(const platform::Zones& zones, const QuietHours& hours,
                                           domain::Instant now) {
    const auto local = zones.local_time(hours.time_zone, now);
    const bool is_over_midnight = hours.to < hours.from;
    const bool is_evening = local.time >= hours.from;
    const bool is_morning = local.time < hours.to;
    const bool is_quiet = is_over_midnight ? is_evening || is_morning : is_evening && is_morning;
    if (!is_quiet) return std::nullopt;
    const bool ends_tomorrow = is_over_midnight && is_evening;
    const auto end = zones.instant_at(
        hours.time_zone, {ends_tomorrow ? local.day.plus_days(1) : local.day, hours.to});
    // Clocks that were put back show a time twice: the second one is not quiet any more.
    if (end <= now) return std::nullopt;
    return end;
}

Allowance allowance_of(const domain::channel::RateLimit& limit,
                       const std::optional<domain::Instant>& from, std::int64_t sent,
                       domain::Instant now) {
    const auto length = length_of(limit.per);
    // A clock that was put back does not make anybody wait for it.
    const bool goes_on = from && *from <= now && now < later(*from, length);
    const auto begun = goes_on ? *from : now;
    return {begun, later(begun, length), limit.messages - (goes_on ? sent : 0)};
}

domain::Date digest_day(const platform::Zones& zones, const std::string& time_zone,
                        const domain::channel::Digest& digest, domain::Instant now) {
    const auto local = zones.local_time(time_zone, now);
    const auto day = local.time < digest.at ? local.day.plus_days(-1) : local.day;
    if (digest.every == domain::channel::Every::day) return day;
    return digest.weekday.value_or(domain::Weekday{}).on_or_before(day);
}

}  // namespace outlay::workers::notifier
