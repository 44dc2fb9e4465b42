// GET /v1/workspaces/{ws}/messages: what the workspace was told, for all of its members. Messages
// to a single channel (tests) are none of these; changes are, for who asks for them.
#include <array>

#include "api/resources/call.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/message_choice.hpp"
#include "api/resources/page.hpp"
#include "views/message.hpp"

namespace outlay::api {

namespace {

using platform::Task;

constexpr std::array<std::string_view, 3> severities{"info", "warning", "critical"};

struct ListQuery {
    Page page{};
    Conditions where{};
};

Conditions read_filters(const domain::WorkspaceId& workspace, QueryReader& query) {
    Conditions where;
    where.add("m.workspace = " + where.bind(workspace.value.text()));
    where.add("m.log_partition >= 0");  // operational notices are listed apart
    read_message_choice(query, "type").add_to(where);
    if (const auto severity = query.one_of("severity", severities))
        where.add("m.severity = " + where.bind(*severity));
    if (const auto budget = query.id<domain::BudgetKind>("budget"))
        where.add("m.budget = " + where.bind(budget->value.text()));
    filter_instants(query, where, "created_at", "m.created_at");
    return where;
}

sql::Result<Response> answer_list(const Call& call, const ListQuery& wanted,
                                  QueryContext& context) {
    auto where = wanted.where;
    if (wanted.page.after.size() == 2) {
        where.add("(m.created_at, m.id) < (" + where.bind(wanted.page.after[0]) + ", " +
                  where.bind(wanted.page.after[1]) + ")");
    }
    const auto rows = context.session.query(
        "SELECT " + std::string(views::message_columns) + " FROM outlay.outbox m" + where.text() +
            " ORDER BY m.created_at DESC, m.id DESC LIMIT " + std::to_string(wanted.page.limit + 1),
        where.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    return page_response(
        call, wanted.page, *rows,
        [&](std::size_t row) { return views::message_body(views::message_row(*rows, row)); },
        [&](std::size_t row) { return std::vector{rows->text(row, 2), rows->text(row, 0)}; });
}

Task<Response> list(Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) return answered(not_found(call));
    QueryReader query(call.request.head.query);
    ListQuery wanted;
    wanted.where = read_filters(*workspace, query);
    const auto page = read_page(call, query);
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    if (!page.ok()) return refused(call, page.error());
    wanted.page = *page;
    const QueryBody body = [&call, wanted](QueryContext& context) {
        return answer_list(call, wanted, context);
    };
    return run_query(call, body);
}

constexpr std::array routes{
    Route{Method::get, "/v1/workspaces/{ws}/messages", "listMessages", list}.taking(
        "type,severity,budget,limit,cursor",
        "created_at,created_at[gte],created_at[gt],created_at[lte],created_at[lt]"),
};

}  // namespace

std::span<const Route> message_routes() {
    return routes;
}

}  // namespace outlay::api
