// /v1/workspaces/{ws}/messages: what happened that channels are told of, whoever was sent it.
// Messages are no facts: they stand beside the journal, rendered as they are sent.
#include <array>

#include "api/resources/channel_access.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/page.hpp"
#include "platform/json/writer.hpp"

namespace outlay::api {

namespace {

using platform::Task;

std::string message_body(const sql::Rows& rows, std::size_t row) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("id", domain::MessageId{rows.uuid(row, 0)}.text())
        .field("object", "message")
        .field("type", rows.text(row, 1))
        .field("timestamp", instant_text(rows.text(row, 2)))
        .key("data")
        .raw(rows.text(row, 3))
        .end_object();
    return body;
}

sql::Result<Response> answer_list(const Call& call, const Page& page, Conditions where,
                                  QueryContext& context) {
    where.add("m.workspace = " + where.bind(context.workspace.value.text()));
    if (page.after.size() == 2) {
        where.add("(m.created_at, m.id) < (" + where.bind(page.after[0]) + ", " +
                  where.bind(page.after[1]) + ")");
    }
    const auto rows = context.session.query(
        "SELECT m.id, m.kind, m.created_at, m.payload FROM outlay.outbox m" + where.text() +
            " ORDER BY m.created_at DESC, m.id DESC LIMIT " + std::to_string(page.limit + 1),
        where.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    return page_response(
        call, page, *rows, [&](std::size_t row) { return message_body(*rows, row); },
        [&](std::size_t row) { return std::vector{rows->text(row, 2), rows->text(row, 0)}; });
}

Task<Response> list(Call& call) {
    QueryReader query(call.request.head.query);
    Conditions where;
    filter_instants(query, where, "timestamp", "m.created_at");
    const auto page = read_page(call, query);
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    if (!page.ok()) return refused(call, page.error());
    const QueryBody body = [&call, page = *page, where](QueryContext& context) {
        return answer_list(call, page, where, context);
    };
    return run_query(call, for_managers(call, body));
}

constexpr std::array routes{
    Route{Method::get, "/v1/workspaces/{ws}/messages", "listMessages", list}.taking(
        "limit,cursor", "timestamp,timestamp[gte],timestamp[gt],timestamp[lte],timestamp[lt]")};

}  // namespace

std::span<const Route> message_routes() {
    return routes;
}

}  // namespace outlay::api
