// When a message is tried again, and how an endpoint is treated that keeps failing. Pure; any
// thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "domain/values/dates.hpp"
#include "domain/values/ids.hpp"

namespace outlay::workers::notifier {

using Pause = std::chrono::microseconds;

// What one attempt came to.
enum class End {
    delivered,
    failed,    // to be tried again
    gone,      // the endpoint will not take anything any more
    rejected,  // it will never take this one
};
struct Attempt {
    End end = End::failed;
    std::optional<int> status{};
    std::string error{};   // "" for a delivery
    std::string answer{};  // the beginning of the endpoint's answer
    std::optional<std::chrono::seconds> retry_after{};
    std::int64_t millis = 0;
};

// The pause after the attempt with this number (from 1), with a jitter that derives from delivery
// and number. Empty: there is no further attempt, the delivery is dead. An endpoint that asks for a
// longer pause gets it, up to a day.
std::optional<Pause> pause_after(std::int64_t number, const domain::DeliveryId& delivery,
                                 std::optional<std::chrono::seconds> retry_after);

// How an endpoint has been doing.
struct Health {
    std::int64_t failures = 0;  // attempts since the last success
    std::optional<domain::Instant> failing_since{};
    std::optional<domain::Instant> quiet_until{};
    std::optional<domain::Instant> disabled_at{};
    std::string disabled_reason{};  // "gone", "refused" or "failing"
    bool operator==(const Health&) const = default;

    bool may_be_called(domain::Instant now) const {
        return !disabled_at && (!quiet_until || *quiet_until <= now);
    }
};
// `pace`: after a delivery the endpoint is left alone for so long.
Health health_after(const Health& before, const Attempt& attempt, domain::Instant now,
                    Pause pace = {});

domain::Instant later(domain::Instant at, Pause pause);

}  // namespace outlay::workers::notifier
