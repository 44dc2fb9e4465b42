// /v1/workspaces/{ws}/budgets: create, list, read, edit; what else may be done to a budget is in
// budget_actions, the status of periods in budget_periods.
#include <array>

#include "api/resources/budget_body_reader.hpp"
#include "api/resources/budget_command.hpp"
#include "api/resources/budget_periods.hpp"
#include "api/resources/budget_preview.hpp"
#include "api/resources/call.hpp"
#include "api/resources/history.hpp"
#include "api/resources/local_day.hpp"
#include "api/resources/page.hpp"

namespace outlay::api {

namespace {

using namespace domain::budget;
using platform::Task;

Task<Response> create(Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) return answered(not_found(call));
    auto body = read_body(call, read_creation);
    if (!body.ok()) return refused(call, body.error());
    auto spec =
        budget_spec(*workspace, std::nullopt, std::move(body->fields), std::move(body->canonical));
    spec.status = 201;
    spec.location = [workspace = *workspace](const std::string& aggregate,
                                             const domain::CommandId&) {
        return "/v1/workspaces/" + workspace.text() + "/budgets/" + aggregate;
    };
    return run_command(call, std::move(spec));
}

std::optional<EditBudget> read_edit(BodyReader& reader) {
    EditBudget edit;
    edit.name = reader.optional_string("name");
    edit.limit = reader.optional_money("limit");
    edit.limit_from = reader.optional_date("limit_from");
    edit.reason = read_reason(reader);
    edit.scope = read_scope(reader);
    edit.thresholds = read_thresholds(reader);
    edit.rollover = read_rollover(reader);
    edit.rollover_from = reader.optional_date("rollover_from");
    return edit;
}

Task<Response> edit(Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    const auto id = path_id<domain::BudgetId>(call, "{id}");
    if (!workspace || !id) return answered(not_found(call));
    auto body = read_body(call, read_edit);
    if (!body.ok()) return refused(call, body.error());
    return run_command(
        call, budget_spec(*workspace, id, std::move(body->fields), std::move(body->canonical)));
}

Task<Response> read(Call& call) {
    const auto id = path_id<domain::BudgetId>(call, "{id}");
    if (!id) return answered(not_found(call));
    const QueryBody body = [&call, id = *id](QueryContext& context) -> sql::Result<Response> {
        const auto budget = journal::load(context.session, context.workspace, id.text());
        if (!budget.ok()) return domain::Fail{budget.error()};
        if (budget->head.version == 0) return not_found(call);
        const auto today = local_today(call, context);
        if (!today.ok()) return domain::Fail{today.error()};
        const Moment now{call.node.clock.now(), *today};
        return resource_response(budget->head.version, budget_body(id, *budget, now));
    };
    return run_query(call, body);
}

struct ListQuery {
    Page page;
    bool with_archived = false;
};

// Budgets are few and have few events, so they are folded: the same rendering as in command
// answers.
sql::Result<Response> answer_list(const Call& call, const ListQuery& wanted,
                                  QueryContext& context) {
    Conditions where;
    where.add("b.workspace = " + where.bind(context.workspace.value.text()));
    if (!wanted.with_archived) where.add("b.archived = " + where.bind(std::int64_t{0}));
    if (wanted.page.after.size() == 2) {
        where.add("(b.created_at, b.id) > (" + where.bind(wanted.page.after[0]) + ", " +
                  where.bind(wanted.page.after[1]) + ")");
    }
    const auto rows = context.session.query(
        "SELECT b.id, b.created_at FROM read.budgets b" + where.text() +
            " ORDER BY b.created_at, b.id LIMIT " + std::to_string(wanted.page.limit + 1),
        where.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<journal::AggregateKey> keys;
    keys.reserve(rows->size());
    for (std::size_t row = 0; row < rows->size(); ++row) {
        keys.push_back({context.workspace, domain::BudgetId{rows->uuid(row, 0)}.text()});
    }
    const auto states = journal::load_all(context.session, keys);
    if (!states.ok()) return domain::Fail{states.error()};
    const auto today = local_today(call, context);
    if (!today.ok()) return domain::Fail{today.error()};
    const Moment now{call.node.clock.now(), *today};
    return page_response(
        call, wanted.page, *rows,
        [&](std::size_t row) {
            const domain::BudgetId id{rows->uuid(row, 0)};
            return budget_body(id, states->at(keys[row]), now);
        },
        [&](std::size_t row) { return std::vector{rows->text(row, 1), rows->text(row, 0)}; });
}

Task<Response> list(Call& call) {
    QueryReader query(call.request.head.query);
    ListQuery wanted;
    wanted.with_archived = query.boolean("archived").value_or(false);
    const auto page = read_page(call, query);
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    if (!page.ok()) return refused(call, page.error());
    wanted.page = *page;
    const QueryBody body = [&call, wanted](QueryContext& context) {
        return answer_list(call, wanted, context);
    };
    return run_query(call, body);
}

constexpr std::string_view collection = "/v1/workspaces/{ws}/budgets";
constexpr std::string_view item = "/v1/workspaces/{ws}/budgets/{id}";

constexpr std::array routes{
    Route{Method::post, collection, "createBudget", create, BodyMode::buffered, json_body},
    Route{Method::post, "/v1/workspaces/{ws}/budgets/preview", "previewBudget", preview_budget,
          BodyMode::buffered, json_body},
    Route{Method::get, collection, "listBudgets", list}.taking("archived,limit,cursor"),
    Route{Method::get, item, "getBudget", read},
    Route{Method::patch, item, "editBudget", edit, BodyMode::buffered, patch_body},
    Route{Method::get, "/v1/workspaces/{ws}/budgets/{id}/periods", "listBudgetPeriods",
          list_budget_periods}
        .taking("from,to", "as_of"),
    Route{Method::get, "/v1/workspaces/{ws}/budgets/{id}/history", "getBudgetHistory",
          list_history<domain::BudgetId>},
};

}  // namespace

std::span<const Route> budget_routes() {
    return routes;
}

}  // namespace outlay::api
