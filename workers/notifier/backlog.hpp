// What the outbox still has to do, for metrics. Blocks; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "domain/values/dates.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

struct Backlog {
    std::int64_t waiting = 0;   // deliveries that were neither made nor given up
    std::int64_t dead = 0;      // given up, as far as they are still kept
    std::int64_t disabled = 0;  // channels whose endpoint failed too long
    // When the oldest message came that is not delivered.
    std::optional<domain::Instant> oldest{};
    // Since when a lane, or a message that is in none yet, could have been served.
    std::optional<domain::Instant> due{};
};

sql::Result<Backlog> backlog(sql::Store& store);

}  // namespace outlay::workers::notifier
