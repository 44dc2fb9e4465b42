// /v1/workspaces/{ws}/channels/{id}/recover: what failed since a time is sent again, and what never
// had a delivery because the channel was paused or given up is sent after all.
#include <algorithm>
#include <array>

#include "api/resources/body_reader.hpp"
#include "api/resources/channel_access.hpp"
#include "api/resources/delivery_requests.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/page.hpp"
#include "domain/channel/message_types.hpp"
#include "platform/hash.hpp"
#include "platform/json/writer.hpp"
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
using Count = sql::Result<std::int64_t>;

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

// What is dead, or waits for a later attempt. As due as it is old: it drains in order of age.
Count send_failed_again(sql::Session& session, const Recovery& recovery) {
    const std::array<sql::Value, 5> parameters{
        stored_instant(recovery.now), recovery.workspace.value.text(),
        recovery.channel.value.text(), stored_instant(recovery.wish.since), recovered_max};
    return session.execute(
        "UPDATE outlay.deliveries SET state = 'pending', next_attempt_at = created_at,"
        " schedule_from = attempts, updated_at = $1 WHERE id IN (SELECT id FROM outlay.deliveries"
        " WHERE workspace = $2 AND channel = $3 AND created_at >= $4 AND (state = 'dead'"
        " OR (state = 'pending' AND attempts > schedule_from AND next_attempt_at > $1))"
        " ORDER BY created_at, id LIMIT $5)",
        parameters);
}

template <typename List, typename ValueOf>
void add_list(Conditions& where, std::string_view column, const List& list, ValueOf value_of) {
    std::string values;
    for (const auto& entry : list)
        values += (values.empty() ? "" : ", ") + where.bind(sql::Value(value_of(entry)));
    if (!values.empty()) where.add(std::string(column) + " IN (" + values + ")");
}

void add_routing(Conditions& where, const domain::channel::Routing& routing) {
    const auto id_text = [](const auto& id) { return id.value.text(); };
    add_list(where, "m.severity", routing.severities, [](domain::channel::Severity severity) {
        return std::string(views::severity_name(severity));
    });
    add_list(where, "m.budget", routing.budgets, id_text);
    add_list(where, "m.member", routing.members, id_text);
}

// The messages that the channel, as it is now, would have been sent.
sql::Result<sql::Rows> missing_messages(sql::Session& session, const Recovery& recovery) {
    const std::array<sql::Value, 2> channel{recovery.workspace.value.text(),
                                            recovery.channel.value.text()};
    auto listening = session.query(
        "SELECT events, log_offset, routing, kind FROM read.channels WHERE workspace = $1 AND id = "
        "$2",
        channel);
    if (!listening.ok() || listening->empty()) return listening;
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
    std::string kinds;
    for (const auto type : domain::channel::message_types) {
        if (domain::channel::carries(*kind, patterns, type))
            kinds += (kinds.empty() ? "" : ", ") + where.bind(std::string(type));
    }
    if (kinds.empty()) return sql::Rows(2);
    where.add("m.kind IN (" + kinds + ")");
    return session.query("SELECT m.id, m.created_at FROM outlay.outbox m" + where.text() +
                             " ORDER BY m.created_at, m.id LIMIT " + std::to_string(recovered_max),
                         where.parameters());
}

Count send_missing(sql::Session& session, const Recovery& recovery) {
    if (!recovery.wish.missing) return 0;
    const auto messages = missing_messages(session, recovery);
    if (!messages.ok()) return domain::Fail{messages.error()};
    const auto now = stored_instant(recovery.now);
    std::vector<sql::Value> cells;
    for (std::size_t row = 0; row < messages->size(); ++row) {
        const MessageId message{messages->uuid(row, 0)};
        const std::array<sql::Value, 8> made{
            views::delivery_id(message, recovery.channel).value.text(),
            message.value.text(),
            recovery.workspace.value.text(),
            recovery.channel.value.text(),
            "pending",
            messages->text(row, 1),
            now,
            now};
        cells.insert(cells.end(), made.begin(), made.end());
    }
    if (cells.empty()) return 0;
    const auto written = session.write(views::deliveries, sql::OnConflict::ignore, cells);
    if (!written.ok()) return domain::Fail{written.error()};
    return static_cast<std::int64_t>(messages->size());
}

sql::Result<Response> recover_in(const Call& call, sql::Session& session,
                                 const Recovery& recovery) {
    const auto known = has_channel(session, recovery.workspace, recovery.channel);
    if (!known.ok()) return domain::Fail{known.error()};
    if (!*known) return not_found(call);
    const auto failed = send_failed_again(session, recovery);
    if (!failed.ok()) return domain::Fail{failed.error()};
    const auto missing = send_missing(session, recovery);
    if (!missing.ok()) return domain::Fail{missing.error()};
    if (*failed + *missing > 0) {
        const auto woken = wake_lane(session, recovery.workspace, recovery.channel, recovery.now);
        if (!woken.ok()) return domain::Fail{woken.error()};
    }
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("object", "recovery")
        .field("channel", recovery.channel.text())
        .field("since", recovery.wish.since.text())
        .field("failed", *failed)
        .field("missing", *missing)
        .field("has_more", *failed == recovered_max || *missing == recovered_max)
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
