// Operational notices: what a workspace has to be told about its channels. They stand in the
// outbox, but come from no fact: they are no part of generations, and a replay knows nothing of
// them. Blocks.
#pragma once

#include <string>

#include "domain/channel/events.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

struct Operation {
    domain::WorkspaceId workspace;
    domain::ChannelId channel;
    std::string_view type;  // of domain/channel/message_types; static storage
    std::string reason;
    domain::Instant at;
};
// Once a day for a channel and type: one dead endpoint is not told a thousand times.
sql::Status tell(sql::Session& session, const Operation& operation);

}  // namespace outlay::workers::notifier
