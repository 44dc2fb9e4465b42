// /v1/workspaces/{ws}/alerts: list, read, acknowledge, snooze. An alert follows from the log; what
// people do about it is an event of its budget.
#include <array>

#include "api/resources/budget_view.hpp"
#include "api/resources/call.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/expense_view.hpp"
#include "api/resources/page.hpp"
#include "domain/budget/decide.hpp"
#include "domain/workspace/authorise.hpp"

namespace outlay::api {

namespace {

using domain::workspace::Action;
using platform::Task;

constexpr std::array<std::string_view, 3> states{"raised", "acknowledged", "resolved"};
constexpr std::array<std::string_view, 2> bases{"actual", "forecast"};
constexpr std::array<std::string_view, 2> levels{"reached", "exceeded"};
constexpr std::string_view columns =
    "a.id, a.budget, a.threshold, a.period_start, a.period_end, a.percent, a.amount_minor, "
    "a.currency,"
    " a.spent_minor, a.limit_minor, a.state, a.cause, a.expense, a.log_partition, a.log_offset, "
    "a.raised_at,"
    " a.acknowledged_at, a.acknowledged_by, a.resolved_at, a.crossing, a.basis, a.level,"
    " a.projected_minor, a.as_of, a.muted, a.snoozed_until, a.changes, a.changed_at";

struct AlertView {
    domain::AlertId id;
    domain::BudgetId budget;
    domain::ThresholdId threshold;
    std::string start;
    std::string end;
    std::optional<std::int64_t> percent;
    std::optional<std::int64_t> amount_minor;
    std::string currency;
    std::int64_t spent_minor = 0;
    std::int64_t limit_minor = 0;
    std::string state;
    std::string cause;
    std::optional<domain::ExpenseId> expense;
    journal::Position position;
    std::string raised_at;
    std::optional<std::string> acknowledged_at;
    std::optional<domain::MemberId> acknowledged_by;
    std::optional<std::string> resolved_at;
    std::int64_t crossing = 0;
    std::string basis;
    std::string level;
    std::optional<std::int64_t> projected_minor;
    std::optional<std::string> as_of;
    bool muted = false;
    std::optional<std::string> snoozed_until;
    std::int64_t changes = 0;  // by people
    std::optional<std::string> changed_at;

    // One more for each thing that happened to it since it was raised.
    std::uint64_t version() const {
        return 1U + static_cast<std::uint64_t>(changes) + (resolved_at ? 1U : 0U);
    }
    const std::string& updated_at() const {
        return resolved_at ? *resolved_at : changed_at ? *changed_at : raised_at;
    }
};

std::optional<std::string> optional_instant(const sql::Rows& rows, std::size_t row,
                                            std::size_t column) {
    return rows.is_null(row, column) ? std::nullopt
                                     : std::optional(instant_text(rows.text(row, column)));
}
template <typename AnyId>
std::optional<AnyId> optional_id(const sql::Rows& rows, std::size_t row, std::size_t column) {
    const auto uuid = rows.optional_uuid(row, column);
    return uuid ? std::optional(AnyId{*uuid}) : std::nullopt;
}

AlertView alert_row(const sql::Rows& rows, std::size_t row) {
    return {{rows.uuid(row, 0)},
            {rows.uuid(row, 1)},
            {rows.uuid(row, 2)},
            rows.text(row, 3),
            rows.text(row, 4),
            rows.optional_integer(row, 5),
            rows.optional_integer(row, 6),
            rows.text(row, 7),
            rows.integer(row, 8),
            rows.integer(row, 9),
            rows.text(row, 10),
            rows.text(row, 11),
            optional_id<domain::ExpenseId>(rows, row, 12),
            {static_cast<std::int32_t>(rows.integer(row, 13)), rows.integer(row, 14)},
            instant_text(rows.text(row, 15)),
            optional_instant(rows, row, 16),
            optional_id<domain::MemberId>(rows, row, 17),
            optional_instant(rows, row, 18),
            rows.integer(row, 19),
            rows.text(row, 20),
            rows.text(row, 21),
            rows.optional_integer(row, 22),
            rows.optional_text(row, 23),
            rows.integer(row, 24) != 0,
            optional_instant(rows, row, 25),
            rows.integer(row, 26),
            optional_instant(rows, row, 27)};
}

std::string alert_body(const AlertView& alert) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("id", alert.id.text())
        .field("object", "alert")
        .field("budget", alert.budget.text())
        .field("state", alert.state);
    out.key("period")
        .begin_object()
        .field("start", alert.start)
        .field("end", alert.end)
        .end_object();
    out.key("threshold").begin_object().field("id", alert.threshold.text());
    if (alert.percent) out.field("percent", *alert.percent);
    if (alert.amount_minor) write_money(out, "amount", *alert.amount_minor, alert.currency);
    out.field("basis", alert.basis).end_object();
    out.field("level", alert.level).field("crossing", alert.crossing);
    write_money(out, "spent", alert.spent_minor, alert.currency);
    write_money(out, "limit", alert.limit_minor, alert.currency);
    if (alert.projected_minor)
        write_money(out, "projected_end", *alert.projected_minor, alert.currency);
    else
        out.key("projected_end").null();
    out.field("as_of", alert.as_of).field("muted", alert.muted);
    out.field("expense", domain::text_of(alert.expense))
        .field("cause", alert.cause)
        .field("position", alert.position.text())
        .field("raised_at", alert.raised_at)
        .field("acknowledged_at", alert.acknowledged_at)
        .field("acknowledged_by", domain::text_of(alert.acknowledged_by))
        .field("snoozed_until", alert.snoozed_until)
        .field("resolved_at", alert.resolved_at)
        .field("created_at", alert.raised_at)
        .field("updated_at", alert.updated_at())
        .field("version", static_cast<std::int64_t>(alert.version()))
        .end_object();
    return body;
}

sql::Result<std::optional<AlertView>> find_alert(QueryContext& context, const domain::AlertId& id) {
    const std::array<sql::Value, 2> parameters{context.workspace.value.text(), id.value.text()};
    const auto rows =
        context.session.query("SELECT " + std::string(columns) +
                                  " FROM read.alerts a WHERE a.workspace = $1 AND a.id = $2",
                              parameters);
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
    if (const auto basis = query.one_of("basis", bases))
        where.add("a.basis = " + where.bind(*basis));
    if (const auto level = query.one_of("level", levels))
        where.add("a.level = " + where.bind(*level));
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
    const auto rows = context.session.query(
        "SELECT " + std::string(columns) + " FROM read.alerts a" + where.text() +
            " ORDER BY a.raised_at DESC, a.id DESC LIMIT " + std::to_string(wanted.page.limit + 1),
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
        const auto alert = find_alert(context, id);
        if (!alert.ok()) return domain::Fail{alert.error()};
        if (!*alert) return not_found(call);
        return resource_response((*alert)->version(), alert_body(**alert));
    };
    return run_query(call, body);
}

// The alert as it is in that state of its budget. Where the budget's last event is about the alert,
// nothing came after it: a repeated request is answered as the first one was, though the alert is
// resolved by now.
AlertView alert_at(const domain::budget::Budget& budget, AlertView view) {
    const auto known = budget.alerts.find(view.id);
    if (known == budget.alerts.end() || known->second.changed_at != budget.updated_at) return view;
    const auto& marks = known->second;
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
    view.resolved_at.reset();
    return view;
}

// `Command` names the alert and what is done about it.
template <typename Command>
CommandSpec change_spec(const domain::WorkspaceId& workspace, const AlertView& alert,
                        const Command& command) {
    CommandSpec spec;
    spec.workspace = workspace;
    spec.target = [budget = alert.budget](const domain::CommandId&) { return budget.text(); };
    spec.decide =
        [budget = alert.budget, command, is_resolved = alert.state == "resolved"](
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
    spec.render = [alert](const journal::Versioned& target, const std::string&,
                          const domain::CommandId&) {
        return alert_body(alert_at(std::get<domain::budget::Budget>(target.state), alert));
    };
    spec.version_of = [alert](const journal::Versioned& target, const domain::CommandId&) {
        return alert_at(std::get<domain::budget::Budget>(target.state), alert).version();
    };
    return spec;
}

// Finds the alert first, because its budget is what changes.
template <typename Command>
Task<Response> change(Call& call, Command command, std::string canonical_body) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) co_return not_found(call);
    // Shared with the pool thread that fills it.
    const auto found = std::make_shared<std::optional<AlertView>>();
    const QueryBody body = [&call, found,
                            id = command.alert](QueryContext& context) -> sql::Result<Response> {
        auto alert = find_alert(context, id);
        if (!alert.ok()) return domain::Fail{alert.error()};
        *found = std::move(alert).value();
        return *found ? json_response(200, {}) : not_found(call);
    };
    auto looking = run_query(call, body);
    auto looked = co_await looking;
    if (!*found) co_return looked;
    auto spec = change_spec(*workspace, **found, command);
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
        "state,budget,basis,level,snoozed,limit,cursor",
        "raised_at,raised_at[gte],raised_at[gt],raised_at[lte],raised_at[lt]"),
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
