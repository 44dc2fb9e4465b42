// The numbers of the Standard Webhooks schedule; see docs/guides/webhooks.md.
#include "workers/notifier/schedule.hpp"

#include <algorithm>
#include <array>

#include "platform/hash.hpp"

namespace outlay::workers::notifier {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::seconds, 9> pauses{5s,     5min,   30min,   120min, 300min,
                                                     600min, 840min, 1200min, 1440min};
constexpr std::chrono::seconds retry_after_max = 24h;
constexpr std::chrono::seconds failing_max = 120h;  // five days, then the endpoint is disabled
// Of the pause, in thousandths, either way: what failed together does not come back together.
constexpr std::int64_t jitter_thousandths = 100;

constexpr std::int64_t failures_before_quiet = 5;
constexpr std::chrono::seconds quiet_first = 30s;
constexpr std::chrono::seconds quiet_max = 15min;

// From -jitter_thousandths to +jitter_thousandths.
std::int64_t jitter_of(std::int64_t number, const domain::DeliveryId& delivery) {
    const auto drawn = platform::uuid_of_name(delivery.value, "pause:" + std::to_string(number));
    const std::int64_t value = drawn.bytes[0] * 256 + drawn.bytes[1];
    return value % (2 * jitter_thousandths + 1) - jitter_thousandths;
}

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

std::optional<Pause> pause_after(std::int64_t number, const domain::DeliveryId& delivery,
                                 std::optional<std::chrono::seconds> retry_after) {
    const auto index = static_cast<std::size_t>(number - 1);
    if (index >= pauses.size()) return std::nullopt;
    const Pause planned = pauses[index];
    const Pause jittered = planned + planned * jitter_of(number, delivery) / 1000;
    const Pause asked = std::min(retry_after.value_or(0s), retry_after_max);
    return std::max(jittered, asked);
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
