// /v1/workspaces/{ws}/deliveries and what channels are asked for by hand: a test message, the log
// of deliveries, one delivery once more. Deliveries are no facts: they stand beside the journal.
#include <array>

#include "api/resources/channel_access.hpp"
#include "api/resources/delivery_requests.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/page.hpp"
#include "api/resources/redelivery.hpp"
#include "domain/channel/message_types.hpp"
#include "platform/json/writer.hpp"
#include "views/channel.hpp"
#include "views/delivery.hpp"
#include "views/message.hpp"

namespace outlay::api {

namespace {

using domain::ChannelId;
using domain::DeliveryId;
using domain::MessageId;
using domain::WorkspaceId;
using platform::Task;

constexpr std::array<std::string_view, 4> states{"pending", "delivered", "dead", "dropped"};
constexpr std::string_view columns =
    "SELECT d.id, d.channel, d.message, m.kind, d.state, d.attempts, d.next_attempt_at,"
    " d.last_error, d.created_at, d.updated_at, m.created_at, m.payload FROM outlay.deliveries d"
    " JOIN outlay.outbox m ON m.id = d.message";

void write_delivery(json::Writer& out, const sql::Rows& rows, std::size_t row) {
    out.field("id", DeliveryId{rows.uuid(row, 0)}.text())
        .field("object", "delivery")
        .field("channel", ChannelId{rows.uuid(row, 1)}.text())
        .field("message", MessageId{rows.uuid(row, 2)}.text())
        .field("type", rows.text(row, 3))
        .field("state", rows.text(row, 4))
        .field("attempts", rows.integer(row, 5))
        .field("next_attempt_at", views::optional_instant(rows, row, 6))
        .field("last_error", rows.optional_text(row, 7))
        .field("created_at", instant_text(rows.text(row, 8)))
        .field("updated_at", instant_text(rows.text(row, 9)));
}

std::string delivery_body(const sql::Rows& rows, std::size_t row) {
    std::string body;
    json::Writer out(body);
    out.begin_object();
    write_delivery(out, rows, row);
    out.end_object();
    return body;
}

// With the message as it is sent, and every attempt that is still kept.
std::string whole_body(const sql::Rows& rows, const sql::Rows& attempts) {
    std::string body;
    json::Writer out(body);
    out.begin_object();
    write_delivery(out, rows, 0);
    out.key("body").raw(
        views::message_event(rows.text(0, 3), instant_text(rows.text(0, 10)), rows.text(0, 11)));
    out.key("log").begin_array();
    for (std::size_t row = 0; row < attempts.size(); ++row) {
        out.begin_object()
            .field("number", attempts.integer(row, 0))
            .field("at", instant_text(attempts.text(row, 1)));
        const auto status = attempts.optional_integer(row, 2);
        if (status) {
            out.field("status", *status);
        } else {
            out.key("status").null();
        }
        out.field("error", attempts.optional_text(row, 3))
            .field("answer", attempts.text(row, 4))
            .field("millis", attempts.integer(row, 5))
            .end_object();
    }
    out.end_array().end_object();
    return body;
}

struct ListQuery {
    ChannelId channel;
    Page page{};
    std::optional<std::string> state{};
};

sql::Result<Response> answer_list(const Call& call, const ListQuery& wanted,
                                  QueryContext& context) {
    const auto known = has_channel(context.session, context.workspace, wanted.channel);
    if (!known.ok()) return domain::Fail{known.error()};
    if (!*known) return not_found(call);
    Conditions where;
    where.add("d.workspace = " + where.bind(context.workspace.value.text()));
    where.add("d.channel = " + where.bind(wanted.channel.value.text()));
    if (wanted.state) where.add("d.state = " + where.bind(*wanted.state));
    if (wanted.page.after.size() == 2) {
        where.add("(d.created_at, d.id) < (" + where.bind(wanted.page.after[0]) + ", " +
                  where.bind(wanted.page.after[1]) + ")");
    }
    const auto rows = context.session.query(std::string(columns) + where.text() +
                                                " ORDER BY d.created_at DESC, d.id DESC LIMIT " +
                                                std::to_string(wanted.page.limit + 1),
                                            where.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    return page_response(
        call, wanted.page, *rows, [&](std::size_t row) { return delivery_body(*rows, row); },
        [&](std::size_t row) { return std::vector{rows->text(row, 8), rows->text(row, 0)}; });
}

Task<Response> list(Call& call) {
    const auto channel = path_id<ChannelId>(call, "{id}");
    if (!channel) return answered(not_found(call));
    QueryReader query(call.request.head.query);
    ListQuery wanted{.channel = *channel};
    wanted.state = query.one_of("state", states);
    const auto page = read_page(call, query);
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    if (!page.ok()) return refused(call, page.error());
    wanted.page = *page;
    const QueryBody body = [&call, wanted](QueryContext& context) {
        return answer_list(call, wanted, context);
    };
    return run_query(call, for_managers(call, body));
}

sql::Result<Response> answer_one(const Call& call, sql::Session& session,
                                 const WorkspaceId& workspace, const DeliveryId& id, int status) {
    const std::array<sql::Value, 2> parameters{workspace.value.text(), id.value.text()};
    const auto rows =
        session.query(std::string(columns) + " WHERE d.workspace = $1 AND d.id = $2", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) return not_found(call);
    const auto attempts = session.query(
        "SELECT number, at, status, error, answer, millis FROM outlay.delivery_attempts"
        " WHERE workspace = $1 AND delivery = $2 ORDER BY number",
        parameters);
    if (!attempts.ok()) return domain::Fail{attempts.error()};
    return json_response(status, whole_body(*rows, *attempts));
}

Task<Response> read(Call& call) {
    const auto id = path_id<DeliveryId>(call, "{id}");
    if (!id) return answered(not_found(call));
    const QueryBody body = [&call, id = *id](QueryContext& context) {
        return answer_one(call, context.session, context.workspace, id, 200);
    };
    return run_query(call, for_managers(call, body));
}

Task<Response> redeliver(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    const auto id = path_id<DeliveryId>(call, "{id}");
    if (!workspace || !id) return answered(not_found(call));
    const QueryBody question = [&call, id = *id](QueryContext& context) {
        return answer_one(call, context.session, context.workspace, id, 200);
    };
    const Writing writing = [&call, ws = *workspace, id = *id, now = call.node.clock.now()](
                                sql::Session& session) -> sql::Result<Response> {
        const auto channel = channel_of_delivery(session, ws, id);
        if (!channel.ok()) return domain::Fail{channel.error()};
        if (!*channel)
            return problem(call, make_problem("state_conflict", "The channel was removed."));
        const auto asked = send_again(session, {ws, **channel}, id, now);
        if (!asked.ok()) return domain::Fail{asked.error()};
        return answer_one(call, session, ws, id, 202);
    };
    return write_as_manager(call, {*workspace, question, writing});
}

struct TestMessage {
    WorkspaceId workspace;
    ChannelId channel;
    MessageId id;
    domain::Instant now;
    DeliveryId delivery() const { return views::delivery_id(id, channel); }
};

sql::Status store_test(sql::Session& session, const TestMessage& test) {
    const auto now = stored_instant(test.now);
    const std::array<sql::Value, 6> message{test.id.value.text(),
                                            test.workspace.value.text(),
                                            std::string(domain::channel::test_message),
                                            views::test_document(test.channel),
                                            now,
                                            test.channel.value.text()};
    const auto stored = session.execute(
        "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition, log_offset,"
        " created_at, fanned_at, channel) VALUES ($1, $2, $3, $4, -1, -1, $5, $5, $6)",
        message);
    if (!stored.ok()) return domain::Fail{stored.error()};
    const std::array<sql::Value, 5> delivery{test.delivery().value.text(), test.id.value.text(),
                                             test.workspace.value.text(), test.channel.value.text(),
                                             now};
    const auto laid = session.execute(
        "INSERT INTO outlay.deliveries (id, message, workspace, channel, state, next_attempt_at,"
        " created_at, updated_at) VALUES ($1, $2, $3, $4, 'pending', $5, $5, $5)",
        delivery);
    if (!laid.ok()) return domain::Fail{laid.error()};
    return wake_lane(session, test.workspace, test.channel, test.now);
}

Task<Response> test(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    const auto channel = path_id<ChannelId>(call, "{id}");
    if (!workspace || !channel) return answered(not_found(call));
    const QueryBody question = [&call,
                                id = *channel](QueryContext& context) -> sql::Result<Response> {
        const auto known = has_channel(context.session, context.workspace, id);
        if (!known.ok()) return domain::Fail{known.error()};
        return *known ? json_response(200, "{}") : not_found(call);
    };
    const auto now = call.node.clock.now();
    constexpr std::int64_t micros_per_milli = 1000;
    const MessageId message{platform::random_uuid_v7(now.micros / micros_per_milli)};
    const TestMessage wanted{*workspace, *channel, message, now};
    const Writing writing = [&call, wanted](sql::Session& session) -> sql::Result<Response> {
        const auto stored = store_test(session, wanted);
        if (!stored.ok()) return domain::Fail{stored.error()};
        return answer_one(call, session, wanted.workspace, wanted.delivery(), 202);
    };
    return write_as_manager(call, {*workspace, question, writing});
}

constexpr std::array routes{
    Route{Method::post, "/v1/workspaces/{ws}/channels/{id}/test", "testChannel", test},
    Route{Method::get, "/v1/workspaces/{ws}/channels/{id}/deliveries", "listDeliveries", list}
        .taking("state,limit,cursor"),
    Route{Method::get, "/v1/workspaces/{ws}/deliveries/{id}", "getDelivery", read},
    Route{Method::post, "/v1/workspaces/{ws}/deliveries/{id}/redeliver", "redeliver", redeliver},
};

}  // namespace

std::span<const Route> delivery_routes() {
    return routes;
}

}  // namespace outlay::api
