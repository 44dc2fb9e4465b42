// Escalation: a channel that is asked only where nobody has seen to an alert in time. Blocks;
// confined to the session's thread.
#pragma once

#include "platform/sql.hpp"
#include "workers/notifier/lanes.hpp"

namespace outlay::workers::notifier {

// Takes out of the claim, and ends, what need not be sent any more: alerts that are acknowledged or
// resolved by now, and ends of alerts of which this channel was not told. One that is snoozed
// waits until then.
sql::Status leave_out_handled(sql::Session& session, Claim& claim, domain::Instant now);

}  // namespace outlay::workers::notifier
