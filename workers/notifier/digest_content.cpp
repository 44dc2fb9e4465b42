// Sums of the report's cells, budgets as of the last day, and the alerts that were raised.
#include "workers/notifier/digest_content.hpp"

#include <algorithm>
#include <array>

#include "domain/budget/rollover.hpp"
#include "platform/json/writer.hpp"
#include "views/alert.hpp"
#include "views/cells.hpp"
#include "views/channel.hpp"
#include "workers/budget_book.hpp"
#include "workers/cells.hpp"
#include "workers/notifier/schedule.hpp"

namespace outlay::workers::notifier {

namespace {

constexpr std::size_t alerts_listed = 20;
constexpr std::size_t budgets_listed = 50;
constexpr std::string_view alerts_read_max = "1000";
constexpr Pause late_max = std::chrono::hours{24};  // between deciding an alert and its place

struct Sum {
    std::string currency;
    std::int64_t minor = 0;
    std::int64_t expenses = 0;
};

sql::Result<std::vector<Sum>> spending_in(sql::Session& session, const DigestScope& scope) {
    std::vector<sql::Value> parameters{cell(scope.workspace), cell(scope.from), cell(scope.to)};
    std::string of_members;
    if (const auto& members = scope.routing.members; !members.empty()) {
        of_members = " AND s.member IN (" + sql::marks(parameters.size() + 1, members.size()) + ")";
        for (const auto& member : members) parameters.push_back(cell(member));
    }
    const auto rows = session.query(
        "SELECT s.currency, CAST(sum(s.amount_minor) AS bigint), CAST(sum(s.expense_count) AS"
        " bigint) FROM read.spending s WHERE s.workspace = $1 AND s.spent_on BETWEEN $2 AND $3" +
            of_members + " GROUP BY s.currency ORDER BY s.currency",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<Sum> sums;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        Sum sum{rows->text(row, 0), rows->integer(row, 1), rows->integer(row, 2)};
        if (sum.minor != 0 || sum.expenses != 0) sums.push_back(std::move(sum));
    }
    return sums;
}

struct Alerts {
    std::vector<views::AlertView> raised{};
    std::int64_t open = 0;
};
// An alert, and whose expense it was.
struct AlertRow {
    views::AlertView alert;
    std::optional<domain::MemberId> member{};
};

bool is_wanted(const AlertRow& row, const domain::channel::Routing& routing) {
    using domain::channel::lets_through;
    return !row.alert.muted &&
           lets_through(routing.severities, views::severity_of(row.alert.severity())) &&
           lets_through(routing.budgets, std::optional(row.alert.budget)) &&
           lets_through(routing.members, row.member);
}

sql::Result<std::vector<AlertRow>> alerts_where(sql::Session& session, const std::string& condition,
                                                const std::vector<sql::Value>& parameters) {
    std::string columns;
    for (const auto column : views::alert_columns) columns += "a." + std::string(column) + ", ";
    const auto rows = session.query(
        "SELECT " + columns +
            "e.member FROM read.alerts a"
            " LEFT JOIN read.expenses e ON e.workspace = a.workspace AND e.id = a.expense"
            " WHERE a.workspace = $1 AND " +
            condition + " ORDER BY a.log_offset, a.id LIMIT " + std::string(alerts_read_max),
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<AlertRow> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        found.push_back(
            {views::alert_row(*rows, row),
             views::optional_id<domain::MemberId>(*rows, row, views::alert_columns.size())});
    }
    return found;
}

void note(const views::AlertView& alert, AlertsTold& told) {
    const auto raised_at = domain::Instant::parse(alert.raised_at);
    told.until = std::max(told.until, raised_at.value_or(told.until));
    const auto known = told.offset == AlertsTold::no_offset ? -1 : told.offset;
    told.offset = std::max(known, alert.position.offset);
}

sql::Result<Alerts> alerts_of(sql::Session& session, const DigestScope& scope, AlertsTold& told) {
    const auto raised =
        alerts_where(session, "a.raised_at > $2 AND (a.raised_at > $3 OR a.log_offset > $4)",
                     {cell(scope.workspace), cell(later(scope.told.until, -late_max)),
                      cell(scope.told.until), cell(scope.told.offset)});
    if (!raised.ok()) return domain::Fail{raised.error()};
    const auto open = alerts_where(session, "a.state = 'raised'", {cell(scope.workspace)});
    if (!open.ok()) return domain::Fail{open.error()};
    Alerts alerts;
    for (const auto& row : *raised) {
        note(row.alert, told);
        if (is_wanted(row, scope.routing)) alerts.raised.push_back(row.alert);
    }
    alerts.open = std::ranges::count_if(
        *open, [&](const auto& row) { return is_wanted(row, scope.routing); });
    return alerts;
}

struct Usage {
    domain::Date start;
    std::int64_t spent = 0;
};

sql::Result<std::vector<Usage>> usage_of(sql::Session& session, const DigestScope& scope,
                                         const domain::BudgetId& budget) {
    const std::array parameters{cell(scope.workspace), cell(budget), cell(scope.to)};
    const auto rows = session.query(
        "SELECT period_start, spent_minor FROM read.budget_usage WHERE workspace = $1"
        " AND budget = $2 AND period_start <= $3 ORDER BY period_start",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<Usage> usage;
    for (std::size_t row = 0; row < rows->size(); ++row)
        usage.push_back({day_of(rows->text(row, 0)), rows->integer(row, 1)});
    return usage;
}

// A budget as it stood at the end of the last day.
struct Standing {
    domain::BudgetId id;
    std::string name;
    domain::budget::Period period;
    std::string currency;
    std::int64_t limit = 0;
    std::int64_t spent = 0;
};

Standing standing_of(const domain::BudgetId& id, const domain::budget::Budget& budget,
                     const domain::budget::Period& period, const std::vector<Usage>& usage) {
    domain::budget::CarryWalk walk(budget);
    std::int64_t spent = 0;
    for (const auto& entry : usage) {
        if (entry.start == period.start) {
            spent = entry.spent;
            break;
        }
        (void)walk.into(domain::budget::period_of(budget.period, entry.start));
        walk.spend(entry.spent);
    }
    return {id,
            budget.name,
            period,
            std::string(budget.currency->code()),
            budget.limit_minor(period, walk.into(period)),
            spent};
}

sql::Result<BudgetBook> book_of(sql::Session& session, const domain::WorkspaceId& workspace) {
    auto books = load_books(session, std::array{workspace});
    if (!books.ok()) return domain::Fail{books.error()};
    const auto book = books->find(workspace);
    return book == books->end() ? BudgetBook{} : std::move(book->second);
}

struct Standings {
    std::vector<Standing> listed{};
    std::int64_t budgets = 0;  // listed or not
};

sql::Result<Standings> standings_of(sql::Session& session, const DigestScope& scope,
                                    const BudgetBook& book) {
    Standings standings;
    for (const auto& [id, state] : book.budgets) {
        const auto& budget = std::get<domain::budget::Budget>(*state);
        if (!budget.exists || budget.archived || budget.paused ||
            !domain::channel::lets_through(scope.routing.budgets, std::optional(id)))
            continue;
        const auto period = domain::budget::period_at(budget.period, scope.to);
        if (!period) continue;
        ++standings.budgets;
        if (standings.listed.size() == budgets_listed) continue;
        const auto usage = usage_of(session, scope, id);
        if (!usage.ok()) return domain::Fail{usage.error()};
        standings.listed.push_back(standing_of(id, budget, *period, *usage));
    }
    return standings;
}

void write_alerts(json::Writer& out, const Alerts& alerts, const BudgetBook& book) {
    out.field("alerts_raised", static_cast<std::int64_t>(alerts.raised.size()))
        .field("alerts_open", alerts.open);
    out.key("alerts").begin_array();
    for (std::size_t at = 0; at < alerts.raised.size() && at < alerts_listed; ++at) {
        const auto& alert = alerts.raised[at];
        const bool is_known = book.budgets.contains(alert.budget);
        out.begin_object()
            .field("id", alert.id.text())
            .field("budget", alert.budget.text())
            .field("name", is_known ? book.budget(alert.budget).name : alert.budget.text())
            .field("level", alert.level);
        out.key("period")
            .begin_object()
            .field("start", alert.start)
            .field("end", alert.end)
            .end_object();
        out.key("threshold").begin_object().field("basis", alert.basis);
        if (alert.percent) out.field("percent", *alert.percent);
        if (alert.amount_minor)
            views::write_money(out, "amount", *alert.amount_minor, alert.currency);
        out.end_object().end_object();
    }
    out.end_array();
}

std::string document_of(const DigestScope& scope, const std::vector<Sum>& sums,
                        const Alerts& alerts, const Standings& standings, const BudgetBook& book) {
    std::string document;
    json::Writer out(document);
    out.begin_object().field("from", scope.from.text()).field("to", scope.to.text());
    out.key("spending").begin_array();
    for (const auto& sum : sums) {
        out.begin_object();
        views::write_money(out, "amount", sum.minor, sum.currency);
        out.field("expenses", sum.expenses).end_object();
    }
    out.end_array().key("budgets").begin_array();
    for (const auto& standing : standings.listed) {
        out.begin_object().field("id", standing.id.text()).field("name", standing.name);
        out.key("period")
            .begin_object()
            .field("start", standing.period.start.text())
            .field("end", standing.period.end.text())
            .end_object();
        views::write_money(out, "limit", standing.limit, standing.currency);
        views::write_money(out, "spent", standing.spent, standing.currency);
        out.end_object();
    }
    out.end_array().field("budgets_total", standings.budgets);
    write_alerts(out, alerts, book);
    out.end_object();
    return document;
}

}  // namespace

sql::Result<DigestContent> digest_content(sql::Session& session, const DigestScope& scope) {
    DigestContent content;
    content.told = scope.told;
    const auto sums = spending_in(session, scope);
    if (!sums.ok()) return domain::Fail{sums.error()};
    const auto alerts = alerts_of(session, scope, content.told);
    if (!alerts.ok()) return domain::Fail{alerts.error()};
    if (sums->empty() && alerts->raised.empty()) return content;
    const auto book = book_of(session, scope.workspace);
    if (!book.ok()) return domain::Fail{book.error()};
    const auto standings = standings_of(session, scope, *book);
    if (!standings.ok()) return domain::Fail{standings.error()};
    content.document = document_of(scope, *sums, *alerts, *standings, *book);
    return content;
}

}  // namespace outlay::workers::notifier
