// /v1/workspaces/{ws}/expenses: record, list, read, amend, void, restore, refund,
// history.
#include <array>

#include "api/resources/as_of.hpp"
#include "api/resources/call.hpp"
#include "api/resources/expense_commands.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/expense_view.hpp"
#include "api/resources/history.hpp"
#include "api/resources/page.hpp"

namespace outlay::api {

namespace {

using platform::Task;

Task<Response> record(Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) return answered(not_found(call));
    auto body = read_body(call, read_new_expense);
    if (!body.ok()) return refused(call, body.error());
    return run_command(
        call, record_spec(*workspace, std::move(body->fields), std::move(body->canonical)));
}

Task<Response> change(Call& call, ExpenseCommand command, std::string canonical_body) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    const auto id = path_id<domain::ExpenseId>(call, "{id}");
    if (!workspace || !id) return answered(not_found(call));
    return run_command(call,
                       change_spec(*workspace, *id, std::move(command), std::move(canonical_body)));
}

Task<Response> amend(Call& call) {
    auto body = read_body(call, read_amendment);
    if (!body.ok()) return refused(call, body.error());
    return change(call, std::move(body->fields), std::move(body->canonical));
}

// A reason in the query, for what has no body.
template <typename Command>
Task<Response> change_for_reason(Call& call, Command command) {
    QueryReader query(call.request.head.query);
    std::string canonical;
    if (auto reason = query.text("reason")) {
        canonical = *reason;
        command.reason = domain::FreeText{std::move(*reason)};
    }
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    return change(call, std::move(command), std::move(canonical));
}

Task<Response> void_expense(Call& call) {
    return change_for_reason(call, domain::expense::VoidExpense{});
}

Task<Response> restore(Call& call) {
    return change(call, domain::expense::RestoreExpense{}, "");
}

Task<Response> refund(Call& call) {
    auto body = read_body(call, read_refund);
    if (!body.ok()) return refused(call, body.error());
    return change(call, std::move(body->fields), std::move(body->canonical));
}

Task<Response> take_back_refund(Call& call) {
    const auto id = path_id<domain::RefundId>(call, "{refund}");
    if (!id) return answered(not_found(call));
    return change_for_reason(call, domain::expense::TakeBackRefund{*id, {}});
}

sql::Result<Response> answer_list(const Call& call, const ExpenseQuery& wanted, const Page& page,
                                  QueryContext& context) {
    const auto statement = "SELECT " + std::string(expense_columns) + " FROM read.expenses e" +
                           wanted.conditions.text() + wanted.order() + " LIMIT " +
                           std::to_string(page.limit + 1);
    const auto rows = context.session.query(statement, wanted.conditions.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    return page_response(
        call, page, *rows, [&](std::size_t row) { return expense_body(expense_row(*rows, row)); },
        [&](std::size_t row) {
            const auto column = wanted.sort->view_column;
            const auto value = wanted.sort->is_number ? std::to_string(rows->integer(row, column))
                                                      : rows->text(row, column);
            return std::vector{value, rows->text(row, 0)};
        });
}

// Restricts to what a budget counts; to nothing if there is no such budget.
sql::Status add_budget(ExpenseQuery& wanted, const domain::BudgetId& id, QueryContext& context) {
    const auto loaded = journal::load(context.session, context.workspace, id.text());
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    const auto& budget = std::get<domain::budget::Budget>(loaded->state);
    auto& where = wanted.conditions;
    if (!budget.exists) {
        where.add("1 = 0");
        return domain::Done{};
    }
    where.add("e.state = 'recorded'");
    where.add("e.currency = " + where.bind(std::string(budget.currency->code())));
    add_scope(where, budget.scope);
    if (const auto only = only_period(budget.period)) {
        const auto days =
            " BETWEEN " + where.bind(only->start.text()) + " AND " + where.bind(only->end.text());
        // It counts what came back on its days, of whenever that was spent.
        where.add("(e.spent_on" + days +
                  " OR e.id IN (SELECT r.expense FROM read.refunds r WHERE r.workspace = $1"
                  " AND r.counts_on" +
                  days + "))");
    }
    return domain::Done{};
}

Task<Response> list(Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) return answered(not_found(call));
    QueryReader query(call.request.head.query);
    auto wanted = read_expense_query(*workspace, query);
    const auto budget = query.id<domain::BudgetKind>("budget");
    const auto page = read_page(call, query);
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    if (!page.ok()) return refused(call, page.error());
    wanted.start_after(page->after);
    const QueryBody body = [&call, wanted, budget,
                            page = *page](QueryContext& context) -> sql::Result<Response> {
        if (!budget) return answer_list(call, wanted, page, context);
        auto narrowed = wanted;
        const auto added = add_budget(narrowed, *budget, context);
        if (!added.ok()) return domain::Fail{added.error()};
        return answer_list(call, narrowed, page, context);
    };
    return run_query(call, body);
}

// As it was, folded from its own events.
sql::Result<Response> answer_at(const Call& call, const domain::ExpenseId& id,
                                QueryContext& context, const journal::Moment& moment) {
    const auto version = journal::version_at(context.session, id.text(), moment);
    if (!version.ok()) return domain::Fail{version.error()};
    if (*version == 0) {
        return problem(call, make_problem("not_found", "There was no such expense at " +
                                                           moment.position.text() + "."));
    }
    const auto expense = journal::load(context.session, context.workspace, id.text(), *version);
    if (!expense.ok()) return domain::Fail{expense.error()};
    return resource_response(*version, expense_body(expense_view(id, *expense)));
}

Task<Response> read(Call& call) {
    const auto id = path_id<domain::ExpenseId>(call, "{id}");
    if (!id) return answered(not_found(call));
    QueryReader query(call.request.head.query);
    const auto when = read_as_of(call, query);
    if (!when.ok()) return refused(call, when.error());
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    if (*when) {
        const MomentBody then = [&call, id = *id](QueryContext& context,
                                                  const journal::Moment& moment) {
            return answer_at(call, id, context, moment);
        };
        return run_query_at(call, **when, then);
    }
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
    return run_query(call, body);
}

constexpr std::string_view collection = "/v1/workspaces/{ws}/expenses";
constexpr std::string_view item = "/v1/workspaces/{ws}/expenses/{id}";

constexpr std::array routes{
    Route{Method::post, collection, "recordExpense", record, BodyMode::buffered, json_body},
    Route{Method::get, collection, "listExpenses", list}.taking(expense_filters,
                                                                "budget,sort,limit,cursor"),
    Route{Method::get, item, "getExpense", read}.taking("as_of"),
    Route{Method::patch, item, "amendExpense", amend, BodyMode::buffered, patch_body},
    Route{Method::delete_, item, "voidExpense", void_expense}.taking("reason"),
    Route{Method::post, "/v1/workspaces/{ws}/expenses/{id}/restore", "restoreExpense", restore},
    Route{Method::post, "/v1/workspaces/{ws}/expenses/{id}/refunds", "refundExpense", refund,
          BodyMode::buffered, json_body},
    Route{Method::delete_, "/v1/workspaces/{ws}/expenses/{id}/refunds/{refund}", "takeBackRefund",
          take_back_refund}
        .taking("reason"),
    Route{Method::get, "/v1/workspaces/{ws}/expenses/{id}/history", "getExpenseHistory",
          list_history<domain::ExpenseId>},
};

}  // namespace

std::span<const Route> expense_routes() {
    return routes;
}

}  // namespace outlay::api
