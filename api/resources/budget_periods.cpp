// Usage comes from read.budget_usage; periods without a row have spent nothing.
#include "api/resources/budget_periods.hpp"

#include <array>
#include <map>

#include "api/resources/as_of.hpp"
#include "api/resources/budget_view.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/expense_view.hpp"
#include "api/resources/local_day.hpp"
#include "domain/budget/rollover.hpp"
#include "domain/budget/words.hpp"
#include "views/postings.hpp"

namespace outlay::api {

namespace {

using namespace domain::budget;
using platform::Task;

using Range = DayRange;
struct Usage {
    std::int64_t spent = 0;
    std::int64_t count = 0;
    std::map<std::string, std::int64_t> excluded;  // by currency
};
using UsageByStart = std::map<domain::Date, Usage>;

sql::Status add_spent(const QueryContext& context, const domain::BudgetId& budget,
                      const Period& range, UsageByStart& usage) {
    const std::array<sql::Value, 4> parameters{context.workspace.value.text(), budget.value.text(),
                                               range.start.text(), range.end.text()};
    const auto rows = context.session.query(
        "SELECT u.period_start, u.spent_minor, u.expense_count FROM read.budget_usage u"
        " WHERE u.workspace = $1 AND u.budget = $2 AND u.period_start >= $3 AND u.period_start <= "
        "$4",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto start = domain::Date::parse(rows->text(row, 0));
        CHECK(start.has_value(), "a day in the store is no date");
        auto& entry = usage[*start];
        entry.spent = rows->integer(row, 1);
        entry.count = rows->integer(row, 2);
    }
    return domain::Done{};
}

// Day cells carry category and member only: a scope of merchants or tags needs the expenses
// themselves.
std::string excluded_statement(const Budget& budget, const Period& range,
                               const domain::WorkspaceId& id, Conditions& where) {
    const auto& scope = budget.scope;
    const auto workspace = where.bind(id.value.text());
    where.add("e.workspace = " + workspace);
    where.add("e.currency <> " + where.bind(std::string(budget.currency->code())));
    const auto days =
        " BETWEEN " + where.bind(range.start.text()) + " AND " + where.bind(range.end.text());
    add_scope(where, scope);
    if (scope.merchants.empty() && scope.tags.empty()) {
        where.add("e.spent_on" + days);
        return "SELECT e.spent_on, e.currency, CAST(sum(e.amount_minor) AS bigint) FROM"
               " read.spending e" +
               where.text() + " GROUP BY e.spent_on, e.currency";
    }
    where.add("e.state = 'recorded'");
    return "SELECT p.day, p.currency, CAST(sum(p.minor) AS bigint) FROM (" +
           views::postings(where.text(), workspace) + ") p WHERE p.day" + days +
           " GROUP BY p.day, p.currency";
}

sql::Status add_excluded(const QueryContext& context, const Budget& budget, const Period& range,
                         UsageByStart& usage) {
    Conditions where;
    const auto statement = excluded_statement(budget, range, context.workspace, where);
    const auto rows = context.session.query(statement, where.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto day = domain::Date::parse(rows->text(row, 0));
        CHECK(day.has_value(), "a day in the store is no date");
        usage[period_of(budget.period, *day).start].excluded[rows->text(row, 1)] +=
            rows->integer(row, 2);
    }
    return domain::Done{};
}

// What the status of every period is told for.
struct Subject {
    const domain::WorkspaceId& workspace;
    const domain::BudgetId& id;
    const Budget& budget;
    domain::Date today;
};

// What the period before handed on, and that period as it was then.
struct Carried {
    std::int64_t minor = 0;
    std::optional<Period> from;  // empty where nothing could be handed on
    std::int64_t from_limit = 0;
    std::int64_t from_spent = 0;
    std::int64_t from_left = 0;  // where more was spent than there was: below zero
};

void write_carried(json::Writer& out, const Subject& subject, const Carried& carried) {
    const auto currency = subject.budget.currency->code();
    write_money(out, "carried", carried.minor, currency);
    out.key("carried_from");
    if (!carried.from) {
        out.null();
        return;
    }
    const auto rollover = subject.budget.rollover_of(*carried.from);
    out.begin_object()
        .field("start", carried.from->start.text())
        .field("end", carried.from->end.text())
        .field("carry", name_of(rollover.carry));
    write_money(out, "limit", carried.from_limit, currency);
    write_money(out, "spent", carried.from_spent, currency);
    write_money(out, "left", carried.from_left, currency);
    if (rollover.cap_minor) {
        write_money(out, "cap", *rollover.cap_minor, currency);
        out.field("capped", carried.from_left > *rollover.cap_minor);
    }
    out.end_object();
}

// The parts of a limit, each with what was said about it.
void write_planned(json::Writer& out, const Budget& budget, const Period& period) {
    const auto& planned = budget.planned(period);
    write_money(out, "planned", planned.minor, budget.currency->code());
    write_reason(out, "planned_reason", planned.reason);
}

void write_adjusted(json::Writer& out, const Budget& budget, const Period& period) {
    const auto found = budget.adjustments.find(period.start);
    const auto adjusted = found == budget.adjustments.end() ? Figure{} : found->second;
    write_money(out, "adjusted", adjusted.minor, budget.currency->code());
    write_reason(out, "adjusted_reason", adjusted.reason);
}

void write_moved(json::Writer& out, const Budget& budget, const Period& period) {
    const auto currency = budget.currency->code();
    write_money(out, "moved", budget.moved_minor(period), currency);
    out.key("moves").begin_array();
    if (const auto found = budget.funds.find(period.start); found != budget.funds.end()) {
        for (const auto& transfer : found->second) {
            out.begin_object().field("budget", transfer.other.text());
            write_money(out, "amount", transfer.minor, currency);
            write_reason(out, "reason", transfer.reason);
            out.end_object();
        }
    }
    out.end_array();
}

// Days of the period that lie behind today.
std::int64_t days_left(const Period& period, domain::Date today) {
    const auto from = std::max(today, period.start.plus_days(-1));
    return std::max<std::int64_t>(0, (period.end.days() - from.days()).count());
}

// The expenses behind what is spent: those of the period, or those of which a refund counts in it.
std::string expenses_link(const Subject& subject, const Period& period, const std::string& day) {
    return "/v1/workspaces/" + subject.workspace.text() + "/expenses?budget=" + subject.id.text() +
           "&" + day + "%5Bgte%5D=" + period.start.text() + "&" + day +
           "%5Blte%5D=" + period.end.text();
}

std::string period_item(const Subject& subject, const Period& period, const Usage& usage,
                        const Carried& carried) {
    const auto& budget = subject.budget;
    const auto currency = budget.currency->code();
    const auto limit = budget.limit_minor(period, carried.minor);
    std::string item;
    json::Writer out(item);
    out.begin_object()
        .field("object", "budget_period")
        .field("start", period.start.text())
        .field("end", period.end.text());
    write_money(out, "limit", limit, currency);
    write_planned(out, budget, period);
    write_adjusted(out, budget, period);
    write_moved(out, budget, period);
    write_carried(out, subject, carried);
    write_money(out, "spent", usage.spent, currency);
    write_money(out, "remaining", limit - usage.spent, currency);
    write_money(out, "projected_end", projected_minor(usage.spent, period, subject.today),
                currency);
    out.field("days_left", days_left(period, subject.today));
    out.field("state", name_of(usage_state(usage.spent, limit)))
        .field("count", usage.count)
        .key("excluded")
        .begin_array();
    for (const auto& [code, minor] : usage.excluded) {
        if (minor == 0) continue;
        out.begin_object().field("amount", minor).field("currency", code).end_object();
    }
    out.end_array()
        .field("expenses", expenses_link(subject, period, "spent_on"))
        .field("refunds", expenses_link(subject, period, "refund_counts_on"))
        .end_object();
    return item;
}

std::optional<std::vector<Period>> periods_in(const PeriodRule& rule, const Period& range) {
    std::vector<Period> periods;
    std::optional<Period> period = first_period(rule, range.start);
    for (; period && period->start <= range.end; period = next_period(rule, *period)) {
        if (periods.size() == unpaged_rows_max) return std::nullopt;
        periods.push_back(*period);
    }
    return periods;
}

// Without a range the current period; of a single range that one.
Period range_of(const PeriodRule& rule, const Range& wanted, domain::Date today) {
    const auto only = only_period(rule);
    if (only && !wanted.from && !wanted.to) return *only;
    const auto to = wanted.to.value_or(std::max(today, wanted.from.value_or(today)));
    return {wanted.from.value_or(to), to};
}

// The days whose spending the limits of these periods rest on.
Period with_history(const Budget& budget, const Period& whole) {
    if (!budget.has_rollover()) return whole;
    return {std::min(whole.start, budget.rollovers.begin()->first), whole.end};
}

std::int64_t spent_in(const UsageByStart& usage, const Period& period) {
    const auto found = usage.find(period.start);
    return found == usage.end() ? 0 : found->second.spent;
}

// Leads the walk up to a period: what was spent before it has been told.
void lead_to(CarryWalk& walk, const PeriodRule& rule, const Period& period,
             const UsageByStart& usage) {
    for (const auto& [start, used] : usage) {
        if (start >= period.start) return;
        walk.into(period_of(rule, start));
        walk.spend(used.spent);
    }
}

Carried carried_into(const Period& period, const Budget& budget, const UsageByStart& usage,
                     CarryWalk& walk) {
    const auto previous = previous_period(budget.period, period);
    if (!previous || !budget.hands_on(*previous)) return {};
    const auto into_previous = walk.into(*previous);
    const auto spent = spent_in(usage, *previous);
    Carried carried{0, previous, budget.limit_minor(*previous, into_previous), spent,
                    budget.uncut_minor(*previous, into_previous) - spent};
    walk.spend(spent);
    carried.minor = walk.into(period);
    return carried;
}

// The status of periods that follow each other. `usage` has all that was spent since the first one
// that hands something on.
std::vector<std::string> items_of(const Subject& subject, const std::vector<Period>& periods,
                                  const UsageByStart& usage) {
    const auto& budget = subject.budget;
    CarryWalk walk(budget);
    const auto before = previous_period(budget.period, periods.front());
    if (before && budget.hands_on(*before)) lead_to(walk, budget.period, *before, usage);
    std::vector<std::string> items;
    for (const auto& period : periods) {
        const auto used = usage.find(period.start);
        items.push_back(period_item(subject, period, used == usage.end() ? Usage{} : used->second,
                                    carried_into(period, budget, usage, walk)));
    }
    return items;
}

}  // namespace

sql::Result<ListItems> budget_period_items(const QueryContext& context, const domain::BudgetId& id,
                                           const DayRange& wanted, domain::Date today) {
    const auto loaded = journal::load(context.session, context.workspace, id.text());
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    if (loaded->head.version == 0)
        return ListItems(domain::Fail{make_problem("not_found", "There is no such budget.")});
    const auto& budget = std::get<Budget>(loaded->state);
    const auto periods = periods_in(budget.period, range_of(budget.period, wanted, today));
    if (!periods) {
        return ListItems(domain::Fail{make_problem(
            "limit_reached", "These are more than 10,000 periods; narrow the range.")});
    }
    if (periods->empty()) return ListItems(std::vector<std::string>{});
    const Period whole{periods->front().start, periods->back().end};
    UsageByStart usage;
    auto status = add_spent(context, id, with_history(budget, whole), usage);
    if (status.ok()) status = add_excluded(context, budget, whole, usage);
    if (!status.ok()) return domain::Fail{status.error()};
    return ListItems(items_of({context.workspace, id, budget, today}, *periods, usage));
}

Task<Response> list_budget_periods(Call& call) {
    const auto id = path_id<domain::BudgetId>(call, "{id}");
    if (!id) return answered(not_found(call));
    QueryReader query(call.request.head.query);
    const DayRange range{query.date("from"), query.date("to")};
    if (range.from && range.to && *range.to < *range.from) {
        query.reject("to", "conflict", "The range ends before it begins.");
    }
    const auto when = read_as_of(call, query);
    if (!when.ok()) return refused(call, when.error());
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    const PastBody body = [&call, id = *id, range](QueryContext& context,
                                                   domain::Instant now) -> sql::Result<Response> {
        const auto today = local_day(context, call.node.zones, now);
        if (!today.ok()) return domain::Fail{today.error()};
        return whole_list(call, budget_period_items(context, id, range, *today));
    };
    return run_query_as_of(call, *when, body);
}

}  // namespace outlay::api
