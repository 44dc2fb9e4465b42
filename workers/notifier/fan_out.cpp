// One transaction per handful of messages. Delivery ids derive from message and channel, so a
// message that is laid out twice is delivered once.
#include "workers/notifier/fan_out.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "domain/channel/message_types.hpp"
#include "platform/json/value.hpp"
#include "views/cells.hpp"
#include "views/channel.hpp"
#include "views/delivery.hpp"
#include "workers/cells.hpp"
#include "workers/notifier/manners.hpp"

namespace outlay::workers::notifier {

namespace {

struct Waiting {
    domain::MessageId id;
    domain::WorkspaceId workspace;
    std::string kind;
    std::int64_t offset = 0;
    std::optional<domain::channel::Severity> severity{};
    std::optional<domain::BudgetId> budget{};
    std::optional<domain::MemberId> member{};
    std::optional<domain::ChannelId> channel{};  // the only one that it is for
    bool is_notice = false;  // an operational one: it comes from no fact, so after all of them
    std::optional<domain::ChannelId> about{};  // of a notice: the channel that it is about
    domain::Instant at{};                      // when it was told
};
struct Listener {
    domain::ChannelId channel;
    std::vector<std::string> patterns;
    std::int64_t registered_offset = 0;
    domain::channel::Routing routing{};
    bool is_active = false;
    Pause settling{};
    Pause patience{};  // how long somebody has to acknowledge an alert before it comes here
    domain::channel::Kind kind = domain::channel::Kind::webhook;
    std::int64_t version = 0;
};

// A workspace has one partition, so offsets tell before from after.
bool wants(const Listener& listener, const Waiting& message) {
    if (message.channel) return listener.channel == *message.channel;
    const auto& routing = listener.routing;
    if (message.about == listener.channel) return false;
    const bool is_later = message.is_notice || listener.registered_offset < message.offset;
    return listener.is_active && is_later &&
           domain::channel::carries(listener.kind, listener.patterns, message.kind) &&
           (message.is_notice ||
            (domain::channel::lets_through(routing.severities, message.severity) &&
             domain::channel::lets_through(routing.budgets, message.budget) &&
             domain::channel::lets_through(routing.members, message.member)));
}

std::optional<domain::ChannelId> subject_of(const std::string& document) {
    const auto parsed = json::parse(document);
    const auto* const channel = parsed.ok() ? parsed->find("channel") : nullptr;
    return channel == nullptr ? std::nullopt : domain::ChannelId::parse(channel->text());
}

sql::Result<std::vector<Waiting>> waiting_messages(sql::Session& session) {
    const auto rows = session.query(
        "SELECT id, workspace, kind, log_offset, severity, budget, member, channel,"
        " CASE WHEN log_partition < 0 THEN payload END, created_at"
        " FROM outlay.outbox WHERE fanned_at IS NULL"
        " ORDER BY is_change, created_at, id LIMIT 100 FOR UPDATE SKIP LOCKED");
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<Waiting> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        found.push_back({{rows->uuid(row, 0)},
                         {rows->uuid(row, 1)},
                         rows->text(row, 2),
                         rows->integer(row, 3),
                         views::severity_of(rows->optional_text(row, 4).value_or("")),
                         views::optional_id<domain::BudgetId>(*rows, row, 5),
                         views::optional_id<domain::MemberId>(*rows, row, 6),
                         views::optional_id<domain::ChannelId>(*rows, row, 7),
                         !rows->is_null(row, 8),
                         rows->is_null(row, 8) ? std::nullopt : subject_of(rows->text(row, 8)),
                         views::instant_in(*rows, row, 9)});
    }
    // What came at one time, in the order of the log: first that an alert was raised, then that it
    // is over.
    const auto age = [](const Waiting& one) { return std::pair(one.at, one.offset); };
    std::ranges::stable_sort(found, {}, age);
    return found;
}

Pause patience_of(const domain::channel::Timing& timing) {
    return std::chrono::minutes{timing.unacknowledged_minutes.value_or(0)};
}

// What is for one channel goes at once, what wants an answer of somebody else first in its time.
Pause wait_of(const Listener& listener, const Waiting& message) {
    if (message.channel) return {};
    const bool escalates = message.kind == "alert.raised";
    return std::max(listener.settling, escalates ? listener.patience : Pause{});
}

sql::Result<std::vector<Listener>> listeners_in(sql::Session& session,
                                                const domain::WorkspaceId& workspace) {
    const std::array parameters{cell(workspace)};
    const auto rows = session.query(
        "SELECT c.id, c.events, c.log_offset, c.routing, c.state, c.kind, c.timing,"
        " l.disabled_at, c.version FROM read.channels c"
        " LEFT JOIN outlay.channel_lanes l ON l.channel = c.id"
        " WHERE c.workspace = $1 ORDER BY c.id",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<Listener> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto kind = views::channel_kind_of(rows->text(row, 5));
        CHECK(kind.has_value(), "a channel of an unknown kind");
        found.push_back({{rows->uuid(row, 0)},
                         views::patterns_of(rows->text(row, 1)),
                         rows->integer(row, 2),
                         views::routing_of(rows->text(row, 3)),
                         rows->text(row, 4) == "active" && rows->is_null(row, 7),
                         manners_of(*kind).settling,
                         patience_of(views::timing_of(rows->text(row, 6))),
                         *kind,
                         rows->integer(row, 8)});
    }
    return found;
}

// What a handful of messages wants of the store.
struct Layout {
    std::vector<sql::Value> deliveries{};
    struct Lane {
        domain::WorkspaceId workspace;
        domain::Instant due_at;
        bool is_asked_for = false;  // by somebody who waits: it does not matter that the lane rests
        std::int64_t version = 0;   // of the channel
    };
    std::map<domain::ChannelId, Lane> lanes{};

    void wake(const Listener& listener, const Waiting& message, domain::Instant due_at) {
        const bool is_asked_for = message.kind == domain::channel::test_message;
        const auto [at, is_new] = lanes.try_emplace(
            listener.channel, Lane{message.workspace, due_at, is_asked_for, listener.version});
        if (is_new) return;
        at->second.due_at = std::min(at->second.due_at, due_at);
        at->second.is_asked_for = at->second.is_asked_for || is_asked_for;
    }
};

void lay_out(const Waiting& message, const std::vector<Listener>& listeners, domain::Instant now,
             Layout& layout) {
    for (const auto& listener : listeners) {
        if (!wants(listener, message)) continue;
        const auto due_at = later(now, wait_of(listener, message));
        const std::array row{cell(views::delivery_id(message.id, listener.channel)),
                             cell(message.id),
                             cell(message.workspace),
                             cell(listener.channel),
                             cell("pending"),
                             cell(due_at),
                             cell(now),
                             cell(now),
                             cell(message.kind)};
        layout.deliveries.insert(layout.deliveries.end(), row.begin(), row.end());
        layout.wake(listener, message, due_at);
    }
}

sql::Status write(sql::Session& session, const Layout& layout) {
    if (layout.deliveries.empty()) return domain::Done{};
    auto written = session.write(views::deliveries, sql::OnConflict::ignore, layout.deliveries);
    if (!written.ok()) return written;
    for (const auto& [channel, lane] : layout.lanes) {
        const std::array parameters{cell(channel), cell(lane.workspace), cell(lane.due_at),
                                    flag(lane.is_asked_for), cell(lane.version)};
        const auto due = session.execute(
            "INSERT INTO outlay.channel_lanes AS lane (channel, workspace, due_at)"
            " VALUES ($1, $2, $3) ON CONFLICT (channel) DO UPDATE SET due_at = CASE"
            " WHEN lane.held_until > excluded.due_at AND lane.held_version = $5 AND $4 = 0"
            " THEN coalesce(lane.due_at, lane.held_until)"
            " WHEN lane.due_at < excluded.due_at THEN lane.due_at ELSE excluded.due_at END",
            parameters);
        if (!due.ok()) return domain::Fail{due.error()};
    }
    return domain::Done{};
}

sql::Status mark(sql::Session& session, const std::vector<Waiting>& messages, domain::Instant now) {
    if (messages.empty()) return domain::Done{};
    std::vector<sql::Value> parameters{cell(now)};
    for (const auto& message : messages) parameters.push_back(cell(message.id));
    return status_of(session.execute("UPDATE outlay.outbox SET fanned_at = $1 WHERE id IN (" +
                                         sql::marks(2, messages.size()) + ")",
                                     parameters));
}

}  // namespace

sql::Result<std::size_t> fan_out(sql::Store& store, const platform::Clock& clock) {
    std::size_t count = 0;
    const auto done = store.transact(sql::as_worker, [&](sql::Session& session) -> sql::Status {
        const auto messages = waiting_messages(session);
        if (!messages.ok()) return domain::Fail{messages.error()};
        count = messages->size();
        const auto now = clock.now();
        std::map<domain::WorkspaceId, std::vector<Listener>> listeners;
        Layout layout;
        // Deliveries go out as they are due: what waited longer is due a moment earlier.
        auto place = static_cast<std::int64_t>(count);
        for (const auto& message : *messages) {
            if (!listeners.contains(message.workspace)) {
                auto found = listeners_in(session, message.workspace);
                if (!found.ok()) return domain::Fail{found.error()};
                listeners.emplace(message.workspace, std::move(found).value());
            }
            const domain::Instant moment{now.micros - place--};
            lay_out(message, listeners.at(message.workspace), moment, layout);
        }
        auto written = write(session, layout);
        return written.ok() ? mark(session, *messages, now) : written;
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return count;
}

}  // namespace outlay::workers::notifier
