// Claiming a lane: it is taken, what its channel is now is read, and what may be sent at this
// moment goes into the claim. Blocks; confined to the session's thread.
#pragma once

#include "platform/sql.hpp"
#include "workers/notifier/lanes.hpp"

namespace outlay::workers::notifier {

inline constexpr Pause lease = std::chrono::seconds{60};  // longer than any attempt takes

// The lane that waits longest, if one is due. Whatever its channel must wait for, be it a pause, a
// confirmation, quiet hours, a rate limit or somebody's chance to acknowledge, is put off.
sql::Result<std::optional<Claim>> claim_lane(sql::Session& session, const platform::Zones& zones,
                                             const std::string& holder, domain::Instant now);

}  // namespace outlay::workers::notifier
