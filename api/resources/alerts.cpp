// /v1/workspaces/{ws}/alerts: list, read, acknowledge, snooze. An alert follows from the log; what
// people do about it is an event of its budget.
#include <array>

#include "api/resources/budget_body_reader.hpp"
#include "api/resources/call.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/expense_view.hpp"
#include "api/resources/flow_query.hpp"
#include "api/resources/page.hpp"
#include "domain/budget/decide.hpp"
#include "domain/budget/words.hpp"
#include "domain/workspace/authorise.hpp"
#include "views/alert.hpp"

namespace outlay::api {

namespace {

using domain::workspace::Action;
using platform::Task;
using views::alert_body;
using views::alert_row;
using views::AlertView;

constexpr std::array<std::string_view, 3> states{"raised", "acknowledged", "resolved"};
constexpr std::array<std::string_view, 3> severities{"info", "warning", "critical"};
// AlertView::severity of read.alerts a.
constexpr std::string_view severity_of_row =
    "CASE WHEN a.spent_minor >= a.limit_minor THEN 'critical' WHEN a.basis = 'forecast' THEN 'info'"
    " ELSE 'warning' END";
// An alert is never within.
constexpr auto levels = std::span(domain::budget::usage_state_names).subspan(1);

std::string select_alerts() {
    std::string text;
    for (const auto column : views::alert_columns) {
        text += (text.empty() ? "SELECT a." : ", a.") + std::string(column);
    }
    return text + " FROM read.alerts a";
}

sql::Result<std::optional<AlertView>> find_alert(sql::Session& session,
                                                 const domain::WorkspaceId& workspace,
                                                 const domain::AlertId& id) {
    const std::array<sql::Value, 2> parameters{workspace.value.text(), id.value.text()};
    const auto rows =
        session.query(select_alerts() + " WHERE a.workspace = $1 AND a.id = $2", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) return std::optional<AlertView>{};
    return std::optional(alert_row(*rows, 0));
}

struct ListQuery {
    Page page;
    Conditions where;
};

// Snoozing ends by the clock of this node.
void filter_snoozed(QueryReader& query, Conditions& where, domain::Instant now) {
    const auto wanted = query.boolean("snoozed");
    if (!wanted) return;
    const auto at = where.bind(stored_instant(now));
    where.add(*wanted ? "a.snoozed_until > " + at
                      : "(a.snoozed_until IS NULL OR a.snoozed_until <= " + at + ")");
}

Conditions read_filters(const Call& call, const domain::WorkspaceId& workspace,
                        QueryReader& query) {
    Conditions where;
    where.add("a.workspace = " + where.bind(workspace.value.text()));
    if (const auto state = query.one_of("state", states))
        where.add("a.state = " + where.bind(*state));
    if (const auto budget = query.id<domain::BudgetKind>("budget"))
        where.add("a.budget = " + where.bind(budget->value.text()));
    if (const auto basis = query.one_of("basis", domain::budget::basis_names))
        where.add("a.basis = " + where.bind(*basis));
    if (const auto level = query.one_of("level", levels))
        where.add("a.level = " + where.bind(*level));
    if (const auto severity = query.one_of("severity", severities))
        where.add(std::string(severity_of_row) + " = " + where.bind(*severity));
    if (const auto threshold = query.id<domain::ThresholdKind>("threshold"))
        where.add("a.threshold = " + where.bind(threshold->value.text()));
    const auto members = query.ids<domain::MemberKind>("member");
    if (!members.empty()) where.add("a.member IN (" + bind_ids(where, members) + ")");
    filter_days(query, where, "period_start", "a.period_start");
    filter_instants(query, where, "raised_at", "a.raised_at");
    filter_snoozed(query, where, call.node.clock.now());
    return where;
}

sql::Result<Response> answer_list(const Call& call, const ListQuery& wanted,
                                  QueryContext& context) {
    auto where = wanted.where;
    if (wanted.page.after.size() == 2) {
        where.add("(a.raised_at, a.id) < (" + where.bind(wanted.page.after[0]) + ", " +
                  where.bind(wanted.page.after[1]) + ")");
    }
    const auto rows = context.session.query(select_alerts() + where.text() +
                                                " ORDER BY a.raised_at DESC, a.id DESC LIMIT " +
                                                std::to_string(wanted.page.limit + 1),
                                            where.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    return page_response(
        call, wanted.page, *rows,
        [&](std::size_t row) { return alert_body(alert_row(*rows, row)); },
        [&](std::size_t row) { return std::vector{rows->text(row, 15), rows->text(row, 0)}; });
}

Task<Response> list(Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) return answered(not_found(call));
    QueryReader query(call.request.head.query);
    ListQuery wanted;
    wanted.where = read_filters(call, *workspace, query);
    const auto page = read_page(call, query);
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    if (!page.ok()) return refused(call, page.error());
    wanted.page = *page;
    const QueryBody body = [&call, wanted](QueryContext& context) {
        return answer_list(call, wanted, context);
    };
    return run_query(call, body);
}

Task<Response> read(Call& call) {
    const auto id = path_id<domain::AlertId>(call, "{id}");
    if (!id) return answered(not_found(call));
    const QueryBody body = [&call, id = *id](QueryContext& context) -> sql::Result<Response> {
        const auto alert = find_alert(context.session, context.workspace, id);
        if (!alert.ok()) return domain::Fail{alert.error()};
        if (!*alert) return not_found(call);
        return resource_response((*alert)->version(), alert_body(**alert));
    };
    return run_query(call, body);
}

// The alert as it is in that state of its budget. Where the budget's last event is about the alert,
// nothing came after it: a repeated request is answered as the first one was, though the alert is
// resolved by now. Unless it was resolved before, and nobody could do anything about it any more.
AlertView alert_at(const domain::budget::Budget& budget, AlertView view) {
    const auto known = budget.alerts.find(view.id);
    if (known == budget.alerts.end() || known->second.changed_at != budget.updated_at) return view;
    const auto& marks = known->second;
    if (view.changes < marks.count) return view;
    const auto text_of = [](const std::optional<domain::Instant>& at) {
        return at ? std::optional(at->text()) : std::nullopt;
    };
    view.state = marks.acknowledged_at ? "acknowledged" : "raised";
    view.acknowledged_at = text_of(marks.acknowledged_at);
    view.acknowledged_by =
        marks.acknowledged_at ? std::optional(marks.acknowledged_by) : std::nullopt;
    view.snoozed_until = text_of(marks.snoozed_until);
    view.changes = marks.count;
    view.changed_at = marks.changed_at.text();
    view.ending.reset();
    return view;
}

// The alert that a command is about, as its row was last seen. Shared with the pool thread that
// looks.
struct Subject {
    domain::WorkspaceId workspace;
    domain::AlertId id;
    std::optional<AlertView> row{};
};

// The row as it is where the change shows: what else happened to the alert is decided by the order
// of the log, not by what was known when the request came.
Task<std::optional<Problem>> look_again(Call& call, std::shared_ptr<Subject> subject,
                                        std::optional<journal::Position> applied_at) {
    if (!applied_at) co_return std::nullopt;
    const auto at = *applied_at;
    auto waiting = await_position(call, at, "the change");
    auto wrong = co_await waiting;
    if (wrong) co_return wrong;
    const std::function<sql::Result<bool>(sql::Session&)> look =
        [subject, at](sql::Session& session) -> sql::Result<bool> {
        const auto shown = journal::shows(session, at);
        if (!shown.ok() || !*shown) return shown;
        auto row = find_alert(session, subject->workspace, subject->id);
        if (!row.ok()) return domain::Fail{row.error()};
        if (*row) subject->row = std::move(row).value();
        return true;
    };
    auto step = in_store<bool>(call, {sql::Access::query, subject->workspace}, look);
    const auto shown = co_await step;
    if (!shown.ok()) co_return problem_of(shown.error());
    if (!*shown) co_return lag_problem("the change");
    co_return std::nullopt;
}

// `Command` names the alert and what is done about it.
template <typename Command>
CommandSpec change_spec(Call& call, const std::shared_ptr<Subject>& subject,
                        const Command& command) {
    CommandSpec spec;
    spec.workspace = subject->workspace;
    spec.target = [budget = subject->row->budget](const domain::CommandId&) {
        return budget.text();
    };
    spec.decide =
        [budget = subject->row->budget, command, is_resolved = subject->row->state == "resolved"](
            const journal::Loaded& loaded,
            const domain::Context& context) -> domain::Decision<std::vector<journal::Proposed>> {
        const auto role = domain::workspace::authorise(loaded.workspace, context.actor,
                                                       Action::acknowledge_alerts);
        if (!role.ok()) return domain::Fail{role.error()};
        if (is_resolved) {
            return domain::refuse(domain::RefusalCode::state_conflict,
                                  "The alert is resolved already.");
        }
        const auto& state = std::get<domain::budget::Budget>(loaded.target);
        return propose(budget.text(), domain::budget::decide(state, command, context));
    };
    spec.before_answer = [&call, subject](const journal::Applied& applied) {
        return look_again(call, subject, applied.position);
    };
    spec.render = [subject](const journal::Versioned& target, const std::string&,
                            const domain::CommandId&) {
        return alert_body(alert_at(std::get<domain::budget::Budget>(target.state), *subject->row));
    };
    spec.version_of = [subject](const journal::Versioned& target, const domain::CommandId&) {
        return alert_at(std::get<domain::budget::Budget>(target.state), *subject->row).version();
    };
    return spec;
}

// Finds the alert first, because its budget is what changes.
template <typename Command>
Task<Response> change(Call& call, Command command, std::string canonical_body) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) co_return not_found(call);
    const auto subject = std::make_shared<Subject>(Subject{*workspace, command.alert});
    const QueryBody body = [&call, subject](QueryContext& context) -> sql::Result<Response> {
        auto alert = find_alert(context.session, subject->workspace, subject->id);
        if (!alert.ok()) return domain::Fail{alert.error()};
        subject->row = std::move(alert).value();
        return subject->row ? json_response(200, {}) : not_found(call);
    };
    auto looking = run_query(call, body);
    auto looked = co_await looking;
    if (!subject->row) co_return looked;
    auto spec = change_spec(call, subject, command);
    spec.canonical_body = std::move(canonical_body);
    auto step = run_command(call, std::move(spec));
    co_return co_await step;
}

Task<Response> acknowledge(Call& call) {
    const auto id = path_id<domain::AlertId>(call, "{id}");
    if (!id) return answered(not_found(call));
    return change(call, domain::budget::AcknowledgeAlert{*id}, {});
}

Task<Response> snooze(Call& call) {
    const auto id = path_id<domain::AlertId>(call, "{id}");
    if (!id) return answered(not_found(call));
    auto body = read_body(call, [](BodyReader& reader) { return read_until(reader, true); });
    if (!body.ok()) return refused(call, body.error());
    return change(call, domain::budget::SnoozeAlert{*id, body->fields}, std::move(body->canonical));
}

constexpr std::array routes{
    Route{Method::get, "/v1/workspaces/{ws}/alerts", "listAlerts", list}.taking(
        "state,budget,basis,level,severity,threshold,member,snoozed,limit,cursor",
        "raised_at,raised_at[gte],raised_at[gt],raised_at[lte],raised_at[lt],"
        "period_start,period_start[gte],period_start[gt],period_start[lte],period_start[lt]"),
    Route{Method::get, "/v1/workspaces/{ws}/alerts/{id}", "getAlert", read},
    Route{Method::post, "/v1/workspaces/{ws}/alerts/{id}/acknowledge", "acknowledgeAlert",
          acknowledge},
    Route{Method::post, "/v1/workspaces/{ws}/alerts/{id}/snooze", "snoozeAlert", snooze,
          BodyMode::buffered, json_body},
};

}  // namespace

std::span<const Route> alert_routes() {
    return routes;
}

}  // namespace outlay::api
