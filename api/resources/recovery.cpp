// /v1/workspaces/{ws}/channels/{id}/recover: what failed since a time is sent again, and what never
// had a delivery because the channel was paused or given up is sent after all.
#include <algorithm>
#include <array>
#include <functional>

#include "api/resources/body_reader.hpp"
#include "api/resources/channel_access.hpp"
#include "api/resources/delivery_requests.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/page.hpp"
#include "api/resources/redelivery.hpp"
#include "domain/channel/message_types.hpp"
#include "platform/hash.hpp"
#include "platform/json/writer.hpp"
#include "views/cells.hpp"
#include "views/channel.hpp"
#include "views/delivery.hpp"

namespace outlay::api {

namespace {

using domain::ChannelId;
using domain::MessageId;
using domain::WorkspaceId;
using platform::Task;

// Of one request, of what failed and of what is missing each: the writer is held for a moment only.
constexpr std::int64_t recovered_max = 1000;

struct Wish {
    domain::Instant since;
    bool missing = false;
};
struct Recovery {
    WorkspaceId workspace;
    ChannelId channel;
    Wish wish;
    domain::Instant now;
};

std::optional<Wish> read_wish(BodyReader& reader) {
    Wish wish;
    if (const auto text = reader.required_string("since")) {
        const auto since = domain::Instant::parse(*text);
        if (!since)
            reader.fail("since", "malformed", "Must be a time such as 2026-11-20T08:15:00Z.");
        wish.since = since.value_or(domain::Instant{});
    }
    wish.missing = reader.optional_boolean("missing").value_or(false);
    return wish;
}

FailedDeliveries failed_in(const Recovery& recovery) {
    return {{recovery.workspace, recovery.channel}, recovery.wish.since, recovery.now};
}

template <typename List, typename ValueOf>
void add_list(Conditions& where, std::string_view column, const List& list, ValueOf value_of) {
    if (!list.empty())
        where.add(std::string(column) + " IN (" + where.bind_all(list, value_of) + ")");
}

void add_routing(Conditions& where, const domain::channel::Routing& routing) {
    const auto id_text = [](const auto& id) { return id.value.text(); };
    add_list(where, "m.severity", routing.severities, [](domain::channel::Severity severity) {
        return std::string(views::severity_name(severity));
    });
    add_list(where, "m.budget", routing.budgets, id_text);
    add_list(where, "m.member", routing.members, id_text);
}

struct Missing {
    MessageId message;
    std::string due_at;
    std::string type;
};

// As due as it is old, but where somebody else still has time to acknowledge an alert.
std::vector<Missing> due(const sql::Rows& messages, const domain::channel::Timing& timing,
                         domain::Instant now) {
    const std::chrono::microseconds patience =
        std::chrono::minutes{timing.unacknowledged_minutes.value_or(0)};
    std::vector<Missing> missing;
    for (std::size_t row = 0; row < messages.size(); ++row) {
        auto at = views::instant_in(messages, row, 1);
        if (messages.text(row, 2) == "alert.raised" && patience.count() > 0)
            at = std::max(now, domain::Instant{at.micros + patience.count()});
        missing.push_back({{messages.uuid(row, 0)}, stored_instant(at), messages.text(row, 2)});
    }
    return missing;
}

// The messages that the channel, as it is now, would have been sent.
sql::Result<std::vector<Missing>> missing_messages(sql::Session& session,
                                                   const Recovery& recovery) {
    if (!recovery.wish.missing) return std::vector<Missing>{};
    const std::array<sql::Value, 2> channel{recovery.workspace.value.text(),
                                            recovery.channel.value.text()};
    const auto listening = session.query(
        "SELECT events, log_offset, routing, kind, timing FROM read.channels WHERE workspace = $1"
        " AND id = $2",
        channel);
    if (!listening.ok()) return domain::Fail{listening.error()};
    if (listening->empty()) return std::vector<Missing>{};
    const auto patterns = views::patterns_of(listening->text(0, 0));
    const auto kind = views::channel_kind_of(listening->text(0, 3));
    CHECK(kind.has_value(), "a channel of an unknown kind");
    Conditions where;
    where.add("m.workspace = " + where.bind(channel[0]));
    where.add("m.created_at >= " + where.bind(stored_instant(recovery.wish.since)));
    where.add("m.log_offset > " + where.bind(listening->integer(0, 1)));
    where.add("m.fanned_at IS NOT NULL");
    where.add("m.channel IS NULL");
    add_routing(where, views::routing_of(listening->text(0, 2)));
    where.add(
        "NOT EXISTS (SELECT 1 FROM outlay.deliveries d WHERE d.message = m.id AND d.channel"
        " = " +
        where.bind(channel[1]) + ")");
    std::vector<std::string> types;
    for (const auto type : domain::channel::message_types)
        if (domain::channel::carries(*kind, patterns, type)) types.emplace_back(type);
    if (types.empty()) return std::vector<Missing>{};
    add_list(where, "m.kind", types, std::identity{});
    const auto messages =
        session.query("SELECT m.id, m.created_at, m.kind FROM outlay.outbox m" + where.text() +
                          " ORDER BY m.created_at, m.id LIMIT " + std::to_string(recovered_max),
                      where.parameters());
    if (!messages.ok()) return domain::Fail{messages.error()};
    return due(*messages, views::timing_of(listening->text(0, 4)), recovery.now);
}

sql::Status send_missing(sql::Session& session, const Recovery& recovery,
                         const std::vector<Missing>& missing) {
    if (missing.empty()) return domain::Done{};
    const auto now = stored_instant(recovery.now);
    std::vector<sql::Value> cells;
    for (const auto& [message, due_at, type] : missing) {
        const std::array<sql::Value, 9> made{
            views::delivery_id(message, recovery.channel).value.text(),
            message.value.text(),
            recovery.workspace.value.text(),
            recovery.channel.value.text(),
            "pending",
            due_at,
            now,
            now,
            type};
        cells.insert(cells.end(), made.begin(), made.end());
    }
    return session.write(views::deliveries, sql::OnConflict::ignore, cells);
}

struct Recovered {
    std::int64_t failed = 0;
    std::int64_t missing = 0;
};

// The lane before its deliveries, like whoever sends, so that neither waits for the other.
sql::Result<Recovered> send_again(sql::Session& session, const Recovery& recovery) {
    const auto any = has_failed(session, failed_in(recovery));
    if (!any.ok()) return domain::Fail{any.error()};
    const auto missing = missing_messages(session, recovery);
    if (!missing.ok()) return domain::Fail{missing.error()};
    if (!*any && missing->empty()) return Recovered{};
    const auto woken = wake_lane(session, recovery.workspace, recovery.channel, recovery.now);
    if (!woken.ok()) return domain::Fail{woken.error()};
    const auto failed = send_failed_again(session, failed_in(recovery), recovered_max);
    if (!failed.ok()) return domain::Fail{failed.error()};
    const auto sent = send_missing(session, recovery, *missing);
    if (!sent.ok()) return domain::Fail{sent.error()};
    return Recovered{*failed, static_cast<std::int64_t>(missing->size())};
}

sql::Result<Response> recover_in(const Call& call, sql::Session& session,
                                 const Recovery& recovery) {
    const auto known = has_channel(session, recovery.workspace, recovery.channel);
    if (!known.ok()) return domain::Fail{known.error()};
    if (!*known) return not_found(call);
    const auto sent = send_again(session, recovery);
    if (!sent.ok()) return domain::Fail{sent.error()};
    const auto [failed, missing] = *sent;
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("object", "recovery")
        .field("channel", recovery.channel.text())
        .field("since", recovery.wish.since.text())
        .field("failed", failed)
        .field("missing", missing)
        .field("has_more", failed == recovered_max || missing == recovered_max)
        .end_object();
    constexpr int accepted = 202;
    return json_response(accepted, body);
}

Task<Response> recover(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    const auto channel = path_id<ChannelId>(call, "{id}");
    if (!workspace || !channel) return answered(not_found(call));
    auto body = read_body(call, read_wish);
    if (!body.ok()) return refused(call, body.error());
    const Recovery wanted{*workspace, *channel, body->fields, call.node.clock.now()};
    const QueryBody question = [&call, wanted](QueryContext& context) -> sql::Result<Response> {
        const auto known = has_channel(context.session, context.workspace, wanted.channel);
        if (!known.ok()) return domain::Fail{known.error()};
        return *known ? json_response(200, "{}") : not_found(call);
    };
    const Writing writing = [&call, wanted](sql::Session& session) {
        return recover_in(call, session, wanted);
    };
    return write_as_manager(call, {*workspace, question, writing, std::move(body->canonical)});
}

constexpr std::array routes{Route{Method::post, "/v1/workspaces/{ws}/channels/{id}/recover",
                                  "recoverDeliveries", recover, BodyMode::buffered, json_body}};

}  // namespace

std::span<const Route> recovery_routes() {
    return routes;
}

}  // namespace outlay::api
