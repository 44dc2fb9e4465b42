// /v1/workspaces/{ws}/deliveries and what channels are asked for by hand: a test message, the log
// of deliveries, one delivery once more. Deliveries are no facts: they stand beside the journal.
#include <array>

#include "api/resources/channel_access.hpp"
#include "api/resources/delivery_filter.hpp"
#include "api/resources/delivery_requests.hpp"
#include "api/resources/delivery_view.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/redelivery.hpp"
#include "domain/channel/message_types.hpp"
#include "views/channel.hpp"
#include "views/delivery.hpp"

namespace outlay::api {

namespace {

using domain::ChannelId;
using domain::DeliveryId;
using domain::MessageId;
using domain::WorkspaceId;
using platform::Task;

struct ListQuery {
    std::optional<ChannelId> channel{};  // that has to exist; none: of the whole workspace
    Page page{};
    Conditions where{};
};

sql::Result<Response> answer_list(const Call& call, const ListQuery& wanted,
                                  QueryContext& context) {
    auto where = wanted.where;
    if (wanted.channel) {
        const auto known = has_channel(context.session, context.workspace, *wanted.channel);
        if (!known.ok()) return domain::Fail{known.error()};
        if (!*known) return not_found(call);
        where.add("d.channel = " + where.bind(wanted.channel->value.text()));
    }
    if (wanted.page.after.size() == 2) {
        where.add("(d.created_at, d.id) < (" + where.bind(wanted.page.after[0]) + ", " +
                  where.bind(wanted.page.after[1]) + ")");
    }
    const auto rows = context.session.query(std::string(select_deliveries) + where.text() +
                                                " ORDER BY d.created_at DESC, d.id DESC LIMIT " +
                                                std::to_string(wanted.page.limit + 1),
                                            where.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    return page_response(
        call, wanted.page, *rows, [&](std::size_t row) { return delivery_body(*rows, row); },
        [&](std::size_t row) {
            return std::vector{rows->text(row, delivery_created_column),
                               rows->text(row, delivery_id_column)};
        });
}

Task<Response> answer_query(Call& call, QueryReader& query, ListQuery wanted) {
    const auto page = read_page(call, query);
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    if (!page.ok()) return refused(call, page.error());
    wanted.page = *page;
    const QueryBody body = [&call, wanted](QueryContext& context) {
        return answer_list(call, wanted, context);
    };
    return run_query(call, for_managers(call, body));
}

Task<Response> list_of_channel(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    const auto channel = path_id<ChannelId>(call, "{id}");
    if (!workspace || !channel) return answered(not_found(call));
    QueryReader query(call.request.head.query);
    return answer_query(call, query,
                        {.channel = channel, .where = read_delivery_filters(*workspace, query)});
}

// Also what was sent to channels that were removed since.
Task<Response> list(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    if (!workspace) return answered(not_found(call));
    QueryReader query(call.request.head.query);
    ListQuery wanted{.where = read_delivery_filters(*workspace, query)};
    if (const auto channel = query.id<domain::ChannelKind>("channel"))
        wanted.where.add("d.channel = " + wanted.where.bind(channel->value.text()));
    return answer_query(call, query, std::move(wanted));
}

sql::Result<Response> answer_one(const Call& call, sql::Session& session,
                                 const WorkspaceId& workspace, const DeliveryId& id, int status) {
    const std::array<sql::Value, 2> parameters{workspace.value.text(), id.value.text()};
    const auto rows = session.query(
        std::string(select_deliveries) + " WHERE d.workspace = $1 AND d.id = $2", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) return not_found(call);
    const auto attempts = session.query(select_attempts, parameters);
    if (!attempts.ok()) return domain::Fail{attempts.error()};
    return json_response(status, whole_delivery_body(*rows, *attempts));
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
    const std::array<sql::Value, 6> delivery{test.delivery().value.text(),
                                             test.id.value.text(),
                                             test.workspace.value.text(),
                                             test.channel.value.text(),
                                             now,
                                             std::string(domain::channel::test_message)};
    const auto laid = session.execute(
        "INSERT INTO outlay.deliveries (id, message, workspace, channel, state, next_attempt_at,"
        " created_at, updated_at, type) VALUES ($1, $2, $3, $4, 'pending', $5, $5, $5, $6)",
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
    Route{Method::get, "/v1/workspaces/{ws}/channels/{id}/deliveries", "listDeliveries",
          list_of_channel}
        .taking(delivery_filters, "limit,cursor"),
    Route{Method::get, "/v1/workspaces/{ws}/deliveries", "listAllDeliveries", list}.taking(
        delivery_filters, "channel,limit,cursor"),
    Route{Method::get, "/v1/workspaces/{ws}/deliveries/{id}", "getDelivery", read},
    Route{Method::post, "/v1/workspaces/{ws}/deliveries/{id}/redeliver", "redeliver", redeliver},
};

}  // namespace

std::span<const Route> delivery_routes() {
    return routes;
}

}  // namespace outlay::api
