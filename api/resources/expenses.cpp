// /v1/workspaces/{ws}/expenses: record, list, read, amend, void, restore, history.
#include <array>

#include "api/resources/call.hpp"
#include "api/resources/expense_commands.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/expense_view.hpp"
#include "api/resources/page.hpp"

namespace outlay::api {

namespace {

using platform::Task;

Task<Response> record(Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) co_return not_found(call);
    const auto body = parse_body(call);
    if (!body.ok()) co_return problem(call, body.error());
    std::vector<domain::FieldError> errors;
    auto expense = read_new_expense(*body, errors);
    if (!expense) co_return problem(call, invalid_body(std::move(errors)));
    auto step =
        run_command(call, record_spec(*workspace, std::move(*expense), json::canonical(*body)));
    co_return co_await step;
}

Task<Response> change(Call& call, ExpenseCommand command, std::string canonical_body) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    const auto id = path_id<domain::ExpenseId>(call, "{id}");
    if (!workspace || !id) co_return not_found(call);
    auto step = run_command(
        call, change_spec(*workspace, *id, std::move(command), std::move(canonical_body)));
    co_return co_await step;
}

Task<Response> amend(Call& call) {
    const auto body = parse_body(call);
    if (!body.ok()) co_return problem(call, body.error());
    std::vector<domain::FieldError> errors;
    auto amendment = read_amendment(*body, errors);
    if (!amendment) co_return problem(call, invalid_body(std::move(errors)));
    auto step = change(call, std::move(*amendment), json::canonical(*body));
    co_return co_await step;
}

Task<Response> void_expense(Call& call) {
    QueryReader query(call.request.head.query);
    domain::expense::VoidExpense command;
    std::string canonical;
    if (auto reason = query.text("reason")) {
        canonical = *reason;
        command.reason = domain::FreeText{std::move(*reason)};
    }
    if (const auto wrong = query.problem()) co_return problem(call, *wrong);
    auto step = change(call, std::move(command), std::move(canonical));
    co_return co_await step;
}

Task<Response> restore(Call& call) {
    auto step = change(call, domain::expense::RestoreExpense{}, "");
    co_return co_await step;
}

sql::Result<Response> answer_list(Call& call, const ExpenseQuery& wanted, std::int64_t limit,
                                  QueryContext& context) {
    const auto statement = "SELECT " + std::string(expense_columns) + " FROM read.expenses e" +
                           wanted.conditions.text() + wanted.order() + " LIMIT " +
                           std::to_string(limit + 1);
    const auto rows = context.session.query(statement, wanted.conditions.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    const auto count = std::min(rows->size(), static_cast<std::size_t>(limit));
    std::vector<std::string> items;
    for (std::size_t row = 0; row < count; ++row)
        items.push_back(expense_body(expense_row(*rows, row)));
    std::optional<std::string> next;
    if (rows->size() > count) {
        const auto last = count - 1;
        const auto column = wanted.sort->view_column;
        const auto value = wanted.sort->is_number ? std::to_string(rows->integer(last, column))
                                                  : rows->text(last, column);
        next = make_cursor(call, {value, rows->text(last, 0)});
    }
    return list_response(call, items, next);
}

Task<Response> list(Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) co_return not_found(call);
    QueryReader query(call.request.head.query);
    auto wanted = read_expense_query(*workspace, query);
    const auto page = read_page(call, query);
    if (const auto wrong = query.problem()) co_return problem(call, *wrong);
    if (!page.ok()) co_return problem(call, page.error());
    wanted.start_after(page->after);
    const QueryBody body = [&call, wanted, limit = page->limit](QueryContext& context) {
        return answer_list(call, wanted, limit, context);
    };
    auto step = run_query(call, body);
    co_return co_await step;
}

Task<Response> read(Call& call) {
    const auto id = path_id<domain::ExpenseId>(call, "{id}");
    if (!id) co_return not_found(call);
    const QueryBody body = [&call, id = *id](QueryContext& context) -> sql::Result<Response> {
        const std::array<sql::Value, 2> parameters{context.workspace.value.text(), id.value.text()};
        const auto rows =
            context.session.query("SELECT " + std::string(expense_columns) +
                                      " FROM read.expenses e WHERE e.workspace = $1 AND e.id = $2",
                                  parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        if (rows->empty()) return not_found(call);
        const auto view = expense_row(*rows, 0);
        return resource_response(static_cast<std::uint64_t>(view.version), expense_body(view));
    };
    auto step = run_query(call, body);
    co_return co_await step;
}

std::string history_item(const journal::HistoryEntry& entry) {
    std::string item;
    json::Writer out(item);
    out.begin_object()
        .field("id", entry.meta.id.text())
        .field("object", "event")
        .field("type", entry.type)
        .field("version", static_cast<std::int64_t>(entry.meta.version))
        .field("at", entry.meta.decided_at.text());
    out.key("actor").begin_object().field("member", entry.meta.actor.member.text());
    if (entry.meta.actor.user) out.field("user", entry.meta.actor.user->text());
    out.end_object();
    out.field("command", entry.meta.command.text())
        .field("position", entry.position.text())
        .key("data")
        .raw(entry.data)
        .end_object();
    return item;
}

Task<Response> history(Call& call) {
    const auto id = path_id<domain::ExpenseId>(call, "{id}");
    if (!id) co_return not_found(call);
    const QueryBody body = [&call, id = *id](QueryContext& context) -> sql::Result<Response> {
        const auto entries = journal::history(context.session, context.workspace, id.text());
        if (!entries.ok()) return domain::Fail{entries.error()};
        if (entries->empty()) return not_found(call);
        std::vector<std::string> items;
        for (const auto& entry : *entries) items.push_back(history_item(entry));
        return list_response(call, items, std::nullopt);
    };
    auto step = run_query(call, body);
    co_return co_await step;
}

constexpr std::string_view collection = "/v1/workspaces/{ws}/expenses";
constexpr std::string_view item = "/v1/workspaces/{ws}/expenses/{id}";
constexpr std::string_view json_body = "application/json";
constexpr std::string_view patch_body = "application/json,application/merge-patch+json";

constexpr std::array routes{
    Route{Method::post, collection, "recordExpense", record, BodyMode::buffered, json_body},
    Route{Method::get, collection, "listExpenses", list},
    Route{Method::get, item, "getExpense", read},
    Route{Method::patch, item, "amendExpense", amend, BodyMode::buffered, patch_body},
    Route{Method::delete_, item, "voidExpense", void_expense},
    Route{Method::post, "/v1/workspaces/{ws}/expenses/{id}/restore", "restoreExpense", restore},
    Route{Method::get, "/v1/workspaces/{ws}/expenses/{id}/history", "getExpenseHistory", history},
};

}  // namespace

std::span<const Route> expense_routes() {
    return routes;
}

}  // namespace outlay::api
