// What came of an attempt, and how an endpoint is treated that keeps failing. Pure; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "domain/values/dates.hpp"
#include "domain/values/ids.hpp"
#include "views/delivery_error.hpp"

namespace outlay::workers::notifier {

using Pause = std::chrono::microseconds;

inline constexpr std::chrono::seconds retry_after_max{86'400};  // that an endpoint may ask for

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
    std::string error{};  // "" for a delivery
    std::optional<views::DeliveryError> error_class{};
    std::string answer{};   // the beginning of the endpoint's answer
    std::string request{};  // its header fields, as the log keeps them; "" : nothing was sent
    std::optional<std::chrono::seconds> retry_after{};
    std::int64_t millis = 0;
};

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
