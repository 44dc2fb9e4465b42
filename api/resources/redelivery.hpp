// Sending again what was sent in vain: what the API does when it is asked by people, and `outlay
// deliveries requeue` when it is asked by an operator. In a session with admin access, on its
// thread.
#pragma once

#include <cstdint>
#include <optional>

#include "domain/values/dates.hpp"
#include "domain/values/ids.hpp"
#include "platform/sql.hpp"

namespace outlay::api {

struct ChannelName {
    domain::WorkspaceId workspace;
    domain::ChannelId channel;
};

// The lane has something to send from now on. Somebody asks for it, so the rest that its failures
// earned it is over.
sql::Status wake_lane(sql::Session& session, const domain::WorkspaceId& workspace,
                      const domain::ChannelId& channel, domain::Instant now);

// The channel of a delivery. Empty: it was removed, or there is no such delivery.
sql::Result<std::optional<domain::ChannelId>> channel_of_delivery(
    sql::Session& session, const domain::WorkspaceId& workspace, const domain::DeliveryId& id);
// One delivery, whatever became of it.
sql::Status send_again(sql::Session& session, const ChannelName& channel,
                       const domain::DeliveryId& id, domain::Instant now);

// What is dead, or waits for a later attempt, of one channel since a time.
struct FailedDeliveries {
    ChannelName channel;
    domain::Instant since;
    domain::Instant now;
};
sql::Result<bool> has_failed(sql::Session& session, const FailedDeliveries& wanted);
// At most so many, the oldest first; answers how many. The lane is not woken.
sql::Result<std::int64_t> send_failed_again(sql::Session& session, const FailedDeliveries& wanted,
                                            std::int64_t count_max);

}  // namespace outlay::api
