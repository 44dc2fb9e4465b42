// A round over the channels of that kind. What ended long ago was closed then: messages are
// forgotten after a month, so an older end is not looked at.
#include "workers/notifier/closing.hpp"

#include <array>
#include <map>
#include <vector>

#include "platform/hash.hpp"
#include "views/alert.hpp"
#include "views/cells.hpp"
#include "views/delivery.hpp"
#include "views/message.hpp"
#include "workers/cells.hpp"
#include "workers/notifier/schedule.hpp"

namespace outlay::workers::notifier {

namespace {

using namespace std::chrono_literals;

constexpr int days_back = 25;
constexpr Pause shown_at_least = 24h;  // also of a period that was over when the alert was raised
constexpr std::string_view alerts_max = "500";  // of one channel and round

struct Listener {
    domain::WorkspaceId workspace;
    domain::ChannelId channel;
    std::string time_zone;
};

sql::Result<std::vector<Listener>> listeners(sql::Session& session) {
    const auto rows = session.query(
        "SELECT c.workspace, c.id, w.time_zone FROM read.channels c JOIN read.workspaces w"
        " ON w.workspace = c.workspace WHERE c.kind = 'pagerduty' AND c.state = 'active'");
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<Listener> found;
    for (std::size_t row = 0; row < rows->size(); ++row)
        found.push_back({{rows->uuid(row, 0)}, {rows->uuid(row, 1)}, rows->text(row, 2)});
    return found;
}

// Open alerts that nothing will end.
sql::Result<std::vector<views::AlertView>> left_open(sql::Session& session,
                                                     const Listener& listener, domain::Date today,
                                                     domain::Instant now) {
    std::string columns;
    for (const auto name : views::alert_columns)
        columns += (columns.empty() ? "a." : ", a.") + std::string(name);
    const std::array parameters{
        cell(listener.workspace), cell(today), cell(today.plus_days(-days_back)),
        cell(later(now, -24h * days_back)), cell(later(now, -shown_at_least))};
    const auto rows = session.query(
        "SELECT " + columns +
            " FROM read.alerts a JOIN read.budgets b ON b.workspace = a.workspace AND b.id = "
            "a.budget WHERE a.workspace = $1 AND a.state <> 'resolved' AND a.raised_at < $5"
            " AND ((a.period_end < $2 AND (a.period_end >= $3 OR a.raised_at >= $4))"
            " OR (b.archived AND b.updated_at >= $4)) ORDER BY a.raised_at DESC LIMIT " +
            std::string(alerts_max),
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<views::AlertView> found;
    for (std::size_t row = 0; row < rows->size(); ++row)
        found.push_back(views::alert_row(*rows, row));
    return found;
}

// Those of the alerts of which the channel was told.
sql::Result<std::vector<views::AlertView>> told(sql::Session& session, const Listener& listener,
                                                const std::vector<views::AlertView>& alerts) {
    std::vector<sql::Value> keys;
    std::map<domain::DeliveryId, const views::AlertView*> by_delivery;
    for (const auto& alert : alerts) {
        const auto id =
            views::delivery_id(views::alert_message_id(alert.id, "raised"), listener.channel);
        keys.push_back(cell(id));
        by_delivery.emplace(id, &alert);
    }
    std::vector<views::AlertView> known;
    if (keys.empty()) return known;
    constexpr std::array<std::string_view, 2> columns{"id", "state"};
    const auto rows = session.find(views::deliveries, columns, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row)
        if (rows->text(row, 1) == "delivered")
            known.push_back(*by_delivery.at({rows->uuid(row, 0)}));
    return known;
}

sql::Status write_closing(sql::Session& session, const Listener& listener,
                          const views::AlertView& alert, domain::Instant now) {
    const std::array parameters{
        cell(platform::uuid_of_name(listener.channel.value, "close " + alert.id.text())),
        cell(listener.workspace),
        cell(views::alert_body(alert)),
        cell(now),
        cell(listener.channel),
        cell(alert.budget)};
    return status_of(session.execute(
        "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition, log_offset,"
        " created_at, channel, budget) VALUES ($1, $2, 'alert.resolved', $3, -1, -1, $4, $5, $6)"
        " ON CONFLICT (id) DO NOTHING",
        parameters));
}

sql::Status close_for(sql::Session& session, const Listener& listener, domain::Date today,
                      domain::Instant now) {
    const auto open = left_open(session, listener, today, now);
    if (!open.ok()) return domain::Fail{open.error()};
    const auto known = told(session, listener, *open);
    if (!known.ok()) return domain::Fail{known.error()};
    for (const auto& alert : *known) {
        const auto written = write_closing(session, listener, alert, now);
        if (!written.ok()) return written;
    }
    return domain::Done{};
}

}  // namespace

sql::Status close_incidents(sql::Store& store, const platform::Clock& clock,
                            const platform::Zones& zones) {
    return store.transact(sql::as_worker, [&](sql::Session& session) -> sql::Status {
        const auto found = listeners(session);
        if (!found.ok()) return domain::Fail{found.error()};
        const auto now = clock.now();
        for (const auto& listener : *found) {
            const auto today = zones.local_day(listener.time_zone, now);
            const auto done = close_for(session, listener, today, now);
            if (!done.ok()) return done;
        }
        return domain::Done{};
    });
}

}  // namespace outlay::workers::notifier
