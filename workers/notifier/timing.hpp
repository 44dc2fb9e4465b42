// How long a lane has to wait for its recipient or its rate limit. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "domain/channel/timing.hpp"
#include "platform/clock.hpp"
#include "workers/notifier/schedule.hpp"

namespace outlay::workers::notifier {

// When somebody wants to be left alone: from `from` until `to` on the clocks of the zone.
struct QuietHours {
    std::string time_zone;
    domain::TimeOfDay from;
    domain::TimeOfDay to;
};
// When the quiet hours end in which `now` lies; empty: it lies in none.
std::optional<domain::Instant> quiet_until(const platform::Zones& zones, const QuietHours& hours,
                                           domain::Instant now);

// What a lane may still send of its rate limit. Windows begin with their first message.
struct Allowance {
    domain::Instant window_from;
    domain::Instant window_until;
    std::int64_t left = 0;
};
// `from` and `sent` are of the last window, if there was one.
Allowance allowance_of(const domain::channel::RateLimit& limit,
                       const std::optional<domain::Instant>& from, std::int64_t sent,
                       domain::Instant now);

// The local day whose digest is the newest that is due.
domain::Date digest_day(const platform::Zones& zones, const std::string& time_zone,
                        const domain::channel::Digest& digest, domain::Instant now);

}  // namespace outlay::workers::notifier
