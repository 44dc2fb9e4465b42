// Deliveries become due once more; the schedule of their attempts begins anew.
#include "api/resources/redelivery.hpp"

#include <array>

#include "platform/stored_instant.hpp"

namespace outlay::api {

namespace {

using sql::stored_instant;

// $1 and $2: the channel, $3: since, $4: now, $5: at most.
constexpr std::string_view failed_deliveries =
    "SELECT id FROM outlay.deliveries WHERE workspace = $1 AND channel = $2 AND created_at >= $3"
    " AND (state = 'dead' OR (state = 'pending' AND attempts > schedule_from"
    " AND next_attempt_at > $4)) ORDER BY created_at, id LIMIT $5";

std::array<sql::Value, 5> parameters_of(const FailedDeliveries& wanted, std::int64_t limit) {
    return {wanted.channel.workspace.value.text(), wanted.channel.channel.value.text(),
            stored_instant(wanted.since), stored_instant(wanted.now), limit};
}

}  // namespace

sql::Status wake_lane(sql::Session& session, const domain::WorkspaceId& workspace,
                      const domain::ChannelId& channel, domain::Instant now) {
    const std::array<sql::Value, 3> parameters{channel.value.text(), workspace.value.text(),
                                               stored_instant(now)};
    const auto woken = session.execute(
        "INSERT INTO outlay.channel_lanes AS lane (channel, workspace, due_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (channel) DO UPDATE SET quiet_until = NULL, due_at ="
        " CASE WHEN lane.due_at < excluded.due_at THEN lane.due_at ELSE excluded.due_at END",
        parameters);
    if (!woken.ok()) return domain::Fail{woken.error()};
    return domain::Done{};
}

sql::Result<std::optional<domain::ChannelId>> channel_of_delivery(
    sql::Session& session, const domain::WorkspaceId& workspace, const domain::DeliveryId& id) {
    const std::array<sql::Value, 2> parameters{workspace.value.text(), id.value.text()};
    const auto rows = session.query(
        "SELECT d.channel FROM outlay.deliveries d WHERE d.workspace = $1 AND d.id = $2 AND EXISTS"
        " (SELECT 1 FROM read.channels c WHERE c.workspace = $1 AND c.id = d.channel)",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) return std::optional<domain::ChannelId>{};
    return std::optional(domain::ChannelId{rows->uuid(0, 0)});
}

// The lane before its deliveries, like whoever sends, so that neither waits for the other.
sql::Status send_again(sql::Session& session, const ChannelName& channel,
                       const domain::DeliveryId& id, domain::Instant now) {
    auto woken = wake_lane(session, channel.workspace, channel.channel, now);
    if (!woken.ok()) return woken;
    const std::array<sql::Value, 3> parameters{stored_instant(now), channel.workspace.value.text(),
                                               id.value.text()};
    const auto asked = session.execute(
        "UPDATE outlay.deliveries SET state = 'pending', next_attempt_at = $1, updated_at = $1,"
        " schedule_from = attempts WHERE workspace = $2 AND id = $3",
        parameters);
    if (!asked.ok()) return domain::Fail{asked.error()};
    return domain::Done{};
}

sql::Result<bool> has_failed(sql::Session& session, const FailedDeliveries& wanted) {
    const auto rows = session.query(failed_deliveries, parameters_of(wanted, 1));
    if (!rows.ok()) return domain::Fail{rows.error()};
    return !rows->empty();
}

// As due as it is old: it drains in order of age.
sql::Result<std::int64_t> send_failed_again(sql::Session& session, const FailedDeliveries& wanted,
                                            std::int64_t count_max) {
    return session.execute(
        "UPDATE outlay.deliveries SET state = 'pending', next_attempt_at = created_at,"
        " schedule_from = attempts, updated_at = $4 WHERE id IN (" +
            std::string(failed_deliveries) + ")",
        parameters_of(wanted, count_max));
}

}  // namespace outlay::api
