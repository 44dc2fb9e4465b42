// How long an endpoint is left alone; see docs/guides/webhooks.md.
#include "workers/notifier/schedule.hpp"

#include <algorithm>

namespace outlay::workers::notifier {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds failing_max = 120h;  // five days, then the endpoint is disabled
constexpr std::int64_t failures_before_quiet = 5;
constexpr std::chrono::seconds quiet_first = 30s;
constexpr std::chrono::seconds quiet_max = 15min;

Pause quiet_after(std::int64_t failures) {
    auto pause = quiet_first;
    for (auto more = failures - failures_before_quiet; more > 0 && pause < quiet_max; --more)
        pause *= 2;
    return std::min(pause, quiet_max);
}

}  // namespace

domain::Instant later(domain::Instant at, Pause pause) {
    return {at.micros + pause.count()};
}

Health health_after(const Health& before, const Attempt& attempt, domain::Instant now, Pause pace) {
    const bool is_alive = attempt.end == End::delivered || attempt.end == End::rejected;
    if (is_alive && pace > Pause{}) return {.quiet_until = later(now, pace)};
    if (is_alive) return {};
    auto health = before;
    ++health.failures;
    if (!health.failing_since) health.failing_since = now;
    if (attempt.retry_after)
        health.quiet_until = later(now, std::min(*attempt.retry_after, retry_after_max));
    if (health.failures >= failures_before_quiet) {
        const auto rest = later(now, quiet_after(health.failures));
        health.quiet_until = std::max(health.quiet_until.value_or(rest), rest);
    }
    const bool is_gone = attempt.end == End::gone;
    if (is_gone || later(*health.failing_since, failing_max) <= now) {
        health.disabled_at = now;
        health.disabled_reason = !is_gone ? "failing" : attempt.status == 410 ? "gone" : "refused";
    }
    return health;
}

}  // namespace outlay::workers::notifier
