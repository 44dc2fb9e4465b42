// Claiming a lane: it is taken, what its channel is now is read, and what may be sent at this
// moment goes into the claim. Blocks; confined to the session's thread.
#pragma once

#include "platform/sql.hpp"
#include "workers/notifier/lanes.hpp"

namespace outlay::workers::notifier {

inline constexpr Pause lease = std::chrono::seconds{60};  // longer than any attempt takes

// Condition on outlay.channel_lanes; $1: now, $2: the senders of this process, $3: its name. A
// workspace gets another sender only while it holds fewer than are free, so endpoints that take
// their time delay their own workspace: one alone gets half of the senders, the next one a quarter.
// What an operator has paused is not due.
std::string lane_is_due();

// Who claims.
struct Holder {
    const std::string& name;
    std::int64_t senders = 0;
};

// The lane that waits longest, if one is due. Whatever its channel must wait for, be it a pause, a
// confirmation, quiet hours, a rate limit or somebody's chance to acknowledge, is put off.
sql::Result<std::optional<Claim>> claim_lane(sql::Session& session, const platform::Zones& zones,
                                             const Holder& holder, domain::Instant now);

}  // namespace outlay::workers::notifier
