// What stands beside the projection, for `outlay status`: gates, pauses, messages and channels. One
// snapshot. Blocks; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "journal/gates.hpp"
#include "journal/pauses.hpp"

namespace outlay::workers {

struct Backlog {
    std::int64_t unlaid = 0;  // messages that no lane has yet
    std::optional<domain::Instant> unlaid_since{};
    std::int64_t pending = 0;  // deliveries that are still to be made,
    std::int64_t due = 0;      // ... those among them whose time has come
    std::optional<domain::Instant> due_since{};
    std::int64_t dead = 0;
};

struct ChannelCounts {
    std::map<std::string, std::int64_t> by_state{};  // active, paused, unconfirmed
    std::int64_t given_up = 0;                       // endpoints that are not called any more
    std::int64_t failing = 0;                        // ... whose last attempt failed
};

struct Overview {
    std::map<std::int32_t, journal::Gates> gates{};
    std::vector<journal::Pause> pauses{};
    Backlog backlog{};
    ChannelCounts channels{};
};
sql::Result<Overview> overview(sql::Store& store, domain::Instant now);

}  // namespace outlay::workers
