// A budget's rules as a row.
#include "workers/projections/budgets.hpp"

#include "domain/budget/words.hpp"
#include "platform/json/writer.hpp"
#include "workers/cells.hpp"

namespace outlay::workers::budgets {

namespace {

using domain::budget::Budget;
using domain::budget::Unit;

std::string scope_json(const domain::budget::Scope& scope) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("categories", domain::texts_of(scope.categories))
        .field("members", domain::texts_of(scope.members))
        .field("merchants", scope.merchants)
        .field("tags", scope.tags)
        .end_object();
    return text;
}

std::string limits_json(const Budget& budget) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& [from, limit] : budget.limits) {
        out.begin_object().field("from", from.text()).field("minor", limit.minor).end_object();
    }
    out.end_array();
    return text;
}

std::string thresholds_json(const Budget& budget) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& threshold : budget.thresholds) {
        out.begin_object().field("id", threshold.id.text());
        if (threshold.percent) out.field("percent", std::int64_t{*threshold.percent});
        if (threshold.amount_minor) out.field("amount_minor", *threshold.amount_minor);
        if (threshold.is_forecast()) out.field("basis", name_of(*threshold.basis));
        if (threshold.is_per_member()) out.field("per", name_of(*threshold.per));
        out.end_object();
    }
    out.end_array();
    return text;
}

template <typename Numbers>
std::string periods_json(const std::map<domain::Date, Numbers>& numbers) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& [period, told] : numbers) {
        const auto minor = minor_of(told);
        if (minor == 0) continue;
        out.begin_object().field("period", period.text()).field("minor", minor).end_object();
    }
    out.end_array();
    return text;
}

std::string rollovers_json(const Budget& budget) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& [from, rollover] : budget.rollovers) {
        out.begin_object().field("from", from.text());
        out.field("carry", name_of(rollover.carry));
        if (rollover.cap_minor) out.field("cap_minor", *rollover.cap_minor);
        out.end_object();
    }
    out.end_array();
    return text;
}

std::string_view unit_name(Unit unit) {
    switch (unit) {
        case Unit::day:
            return "day";
        case Unit::month:
            return "month";
        case Unit::once:
            return "once";
    }
    CHECK(false, "a period unit outside its enumeration");
    return {};
}

}  // namespace

void project(const Fact& fact, RowChanges& changes) {
    const auto* state = std::get_if<Budget>(fact.after.get());
    const auto id = domain::BudgetId::parse(fact.aggregate);
    if (state == nullptr || !state->exists || !state->currency || !id) return;
    changes.put(table, {cell(fact.workspace),
                        cell(*id),
                        cell(state->name),
                        cell(scope_json(state->scope)),
                        cell(*state->currency),
                        cell(limits_json(*state)),
                        cell(unit_name(state->period.unit)),
                        cell(state->period.count),
                        cell(state->period.anchor),
                        cell(thresholds_json(*state)),
                        flag(state->archived),
                        flag(state->paused),
                        flag(state->muted),
                        cell(state->muted_until),
                        cell(periods_json(state->adjustments)),
                        cell(periods_json(state->funds)),
                        cell(rollovers_json(*state)),
                        cell(state->forecast_day()),
                        cell(fact.meta.version),
                        cell(state->created_at),
                        cell(state->updated_at)});
}

}  // namespace outlay::workers::budgets
