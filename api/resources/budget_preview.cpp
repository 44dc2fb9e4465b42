// The budget is decided as a creation is, folded, and led over the daily sums of one query.
#include "api/resources/budget_preview.hpp"

#include "api/resources/budget_body_reader.hpp"
#include "api/resources/budget_view.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/expense_view.hpp"
#include "api/resources/page.hpp"
#include "domain/budget/preview.hpp"
#include "domain/budget/words.hpp"
#include "journal/history.hpp"
#include "views/postings.hpp"

namespace outlay::api {

namespace {

using namespace domain::budget;
using platform::Task;

constexpr int usual_days = 365;
constexpr int days_max = 3660;             // back from today; more would walk forecasts for seconds
constexpr int periods_max = 1000;          // a page of history that people still look through
constexpr std::size_t sums_max = 100'000;  // of a member on a day, in memory at a time
constexpr std::int64_t looks_max = 10'000'000;  // a second of work

struct PreviewWish {
    CreateBudget create;
    std::optional<domain::Date> since{};
};

std::optional<PreviewWish> read_preview(BodyReader& reader) {
    auto create = read_creation(reader);
    const auto since = reader.optional_date("since");
    if (!create) return std::nullopt;
    return PreviewWish{std::move(*create), since};
}

// The budget as if it had been made today, but for what it hands on, which begins with the preview:
// of what was spent before, the preview knows nothing.
domain::Decision<Budget> imagined(const PreviewWish& wish, domain::Date since,
                                  const Surroundings& around, const domain::Context& context) {
    auto command = wish.create;
    if (command.rollover) {
        const auto from = command.rollover_from.value_or(since);
        if (from.is_nameable()) command.rollover_from = std::max(from, since);
    }
    const auto decided = decide(Budget{}, command, around, context);
    if (!decided.ok()) return domain::Fail{decided.error()};
    Budget budget;
    domain::EventMeta meta{};
    meta.decided_at = context.now;
    for (const auto& event : *decided) evolve(budget, event, meta);
    return budget;
}

std::string cells_by_day(const Conditions& where) {
    return "SELECT e.spent_on AS day, e.member, e.amount_minor AS minor FROM read.spending e" +
           where.text();
}

// Spending by day and, where thresholds watch each member, by member; empty if that is too much.
sql::Result<std::optional<DailySpending>> daily_spending(QueryContext& context,
                                                         const Budget& budget,
                                                         const Period& range) {
    const bool by_member = budget.has_member_thresholds();
    const auto& scope = budget.scope;
    // Day cells carry category and member; merchants and tags need the expenses themselves.
    const bool from_cells = scope.merchants.empty() && scope.tags.empty();
    Conditions where;
    const auto workspace = where.bind(context.workspace.value.text());
    where.add("e.workspace = " + workspace);
    where.add("e.currency = " + where.bind(std::string(budget.currency->code())));
    add_scope(where, scope);
    if (!from_cells) where.add("e.state = " + where.bind(std::string("recorded")));
    const auto source = from_cells ? cells_by_day(where) : views::postings(where.text(), workspace);
    const auto days = " WHERE p.day >= " + where.bind(range.start.text()) +
                      " AND p.day <= " + where.bind(range.end.text());
    const std::string groups = by_member ? "p.day, p.member" : "p.day";
    const auto rows = context.session.query("SELECT CAST(sum(p.minor) AS bigint), " + groups +
                                                " FROM (" + source + ") p" + days + " GROUP BY " +
                                                groups + " LIMIT " + std::to_string(sums_max + 1),
                                            where.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->size() > sums_max) return std::optional<DailySpending>{};
    DailySpending daily;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto day = domain::Date::parse(rows->text(row, 1));
        CHECK(day.has_value(), "a day in the store is no date");
        daily[*day].minor += rows->integer(row, 0);
        if (by_member) daily[*day].members[{rows->uuid(row, 2)}] += rows->integer(row, 0);
    }
    return std::optional(std::move(daily));
}

void write_warning(json::Writer& out, const Budget& budget, const Warning& warning) {
    const auto currency = budget.currency->code();
    const auto& threshold = budget.thresholds[warning.threshold];
    out.begin_object().key("period").begin_object();
    out.field("start", warning.period.start.text())
        .field("end", warning.period.end.text())
        .end_object();
    out.key("threshold").begin_object();
    write_threshold_content(out, threshold, currency);
    out.end_object();
    out.field("member", warning.member ? std::optional(warning.member->text()) : std::nullopt)
        .field("day", warning.day.text())
        .field("level", name_of(warning.level));
    write_money(out, "spent", warning.spent_minor, currency);
    if (threshold.is_forecast())
        write_money(out, "projected_end", warning.watched_minor, currency);
    else
        out.key("projected_end").null();
    write_money(out, "limit", warning.limit_minor, currency);
    out.end_object();
}

Response preview_response(const Budget& budget, const Period& range,
                          const std::vector<Warning>& warnings) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("object", "budget_preview")
        .field("since", range.start.text())
        .field("until", range.end.text());
    write_period_rule(out, budget.period);
    out.key("warnings").begin_array();
    for (const auto& warning : warnings) write_warning(out, budget, warning);
    out.end_array().end_object();
    return json_response(200, std::move(body));
}

Response too_much(const Call& call, std::string detail) {
    return problem(call, make_problem("limit_reached", std::move(detail)));
}

// Whole periods up to today; nothing of a range that has not begun.
sql::Result<Response> answer_over(const Call& call, const Budget& budget, domain::Date since,
                                  domain::Date today, QueryContext& context) {
    const auto first = first_period(budget.period, since);
    if (!first || first->start > today) {
        return preview_response(budget, {since, today}, {});
    }
    const auto only = only_period(budget.period);
    const Period range{first->start, only ? std::min(only->end, today) : today};
    const auto last = period_of(budget.period, range.end);
    if (number_of(budget.period, last) - number_of(budget.period, *first) >= periods_max) {
        return too_much(call, "These are more than 1,000 periods; begin later.");
    }
    const auto daily = daily_spending(context, budget, range);
    if (!daily.ok()) return domain::Fail{daily.error()};
    if (!*daily || looks_of(budget, **daily, range) > looks_max) {
        return too_much(call, "These are too many days for so many members; begin later.");
    }
    const auto warnings = warnings_over(budget, **daily, range, unpaged_rows_max);
    if (warnings.size() > unpaged_rows_max) {
        return too_much(call, "These are more than 10,000 warnings; begin later.");
    }
    return preview_response(budget, range, warnings);
}

sql::Result<Response> answer(const Call& call, const PreviewWish& wish, QueryContext& context) {
    const auto workspace =
        journal::load(context.session, context.workspace, domain::workspace_name);
    if (!workspace.ok()) return domain::Fail{workspace.error()};
    const auto tree = journal::load(context.session, context.workspace, domain::categories_name);
    if (!tree.ok()) return domain::Fail{tree.error()};
    const auto& home = std::get<domain::workspace::Workspace>(workspace->state);
    const auto now = call.node.clock.now();
    const auto today = call.node.zones.local_day(home.time_zone, now);
    const auto only_start = wish.create.period.unit == Unit::once
                                ? std::min(today, wish.create.period.anchor)
                                : today.plus_days(-usual_days);
    const auto since = wish.since.value_or(only_start);
    if (since > today) {
        return problem(call, invalid_body({{"/since", "out_of_range", "Must not lie ahead."}}));
    }
    if (since < today.plus_days(-days_max)) {
        return too_much(call, "A preview goes back 3,660 days at most.");
    }
    const domain::Context decided{{context.member, {}}, now, today, {}, journal::derived_id};
    const auto budget =
        imagined(wish, since, {home, std::get<domain::categories::Tree>(tree->state)}, decided);
    if (!budget.ok()) return problem(call, problem_of(budget.error()));
    return answer_over(call, *budget, since, today, context);
}

}  // namespace

Task<Response> preview_budget(Call& call) {
    auto body = read_body(call, read_preview);
    if (!body.ok()) return refused(call, body.error());
    const QueryBody query = [&call, wish = std::move(body->fields)](QueryContext& context) {
        return answer(call, wish, context);
    };
    return run_query(call, query);
}

}  // namespace outlay::api
