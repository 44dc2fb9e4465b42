// Rendering of budgets.
#include "api/resources/budget_view.hpp"

#include "api/resources/budget_words.hpp"
#include "api/resources/expense_view.hpp"
#include "domain/budget/words.hpp"

namespace outlay::api {

namespace {

using namespace domain::budget;

void write_rollover(json::Writer& out, const Rollover& rollover, std::string_view currency) {
    out.key("rollover").begin_object().field("carry", name_of(rollover.carry));
    if (rollover.cap_minor) write_money(out, "cap", *rollover.cap_minor, currency);
    out.end_object();
}

// The one in force, and all of them.
void write_rollovers(json::Writer& out, const Budget& budget, const Period& now,
                     std::string_view currency) {
    write_rollover(out, budget.rollover_of(now), currency);
    out.key("rollovers").begin_array();
    for (const auto& [from, rollover] : budget.rollovers) {
        out.begin_object().field("from", from.text());
        write_rollover(out, rollover, currency);
        out.end_object();
    }
    out.end_array();
}

// What single periods have more or less than planned.
void write_adjustments(json::Writer& out, const Budget& budget, std::string_view currency) {
    out.key("adjustments").begin_array();
    for (const auto& [period, adjustment] : budget.adjustments) {
        out.begin_object().field("period", period.text());
        write_money(out, "amount", adjustment.minor, currency);
        write_reason(out, "reason", adjustment.reason);
        out.end_object();
    }
    out.end_array();
}

void write_funds(json::Writer& out, const Budget& budget, std::string_view currency) {
    out.key("funds").begin_array();
    for (const auto& [period, transfers] : budget.funds) {
        const auto minor = minor_of(transfers);
        if (minor == 0) continue;
        out.begin_object().field("period", period.text());
        write_money(out, "amount", minor, currency);
        out.end_object();
    }
    out.end_array();
}

void write_scope(json::Writer& out, const Scope& scope) {
    out.key("scope")
        .begin_object()
        .field("categories", domain::texts_of(scope.categories))
        .field("members", domain::texts_of(scope.members))
        .field("merchants", scope.merchants)
        .field("tags", scope.tags)
        .end_object();
}

// The one in force, and all of them.
void write_limits(json::Writer& out, const Budget& budget, const Period& now,
                  std::string_view currency) {
    write_money(out, "limit", budget.planned_minor(now), currency);
    out.key("limits").begin_array();
    for (const auto& [from, limit] : budget.limits) {
        out.begin_object().key("from");
        if (from == domain::earliest_day) {
            out.null();  // always
        } else {
            out.string(from.text());
        }
        write_money(out, "limit", limit.minor, currency);
        write_reason(out, "reason", limit.reason);
        out.end_object();
    }
    out.end_array();
}

void write_thresholds(json::Writer& out, const Budget& budget, std::string_view currency) {
    out.key("thresholds").begin_array();
    for (const auto& threshold : budget.thresholds) {
        out.begin_object().field("id", threshold.id.text());
        write_threshold_content(out, threshold, currency);
        out.end_object();
    }
    out.end_array();
}

}  // namespace

void write_reason(json::Writer& out, std::string_view name,
                  const std::optional<domain::FreeText>& reason) {
    out.field(name, reason ? std::optional(reason->value) : std::nullopt);
}

void write_threshold_content(json::Writer& out, const Threshold& threshold,
                             std::string_view currency) {
    if (threshold.percent) out.field("percent", std::int64_t{*threshold.percent});
    if (threshold.amount_minor) write_money(out, "amount", *threshold.amount_minor, currency);
    out.field("basis", name_of(threshold.basis.value_or(Basis::actual)))
        .field("per", name_of(threshold.per.value_or(Per::budget)));
}

std::string budget_body(const domain::BudgetId& id, const journal::Versioned& target,
                        const Moment& moment) {
    const auto& budget = std::get<Budget>(target.state);
    CHECK(budget.exists && budget.currency, "a budget that was never made is shown");
    const auto currency = budget.currency->code();
    const auto only = only_period(budget.period);
    const auto now = only ? *only : period_of(budget.period, moment.today);
    std::string body;
    json::Writer out(body);
    out.begin_object().field("id", id.text()).field("object", "budget").field("name", budget.name);
    write_scope(out, budget.scope);
    write_limits(out, budget, now, currency);
    write_period_rule(out, budget.period);
    write_thresholds(out, budget, currency);
    write_adjustments(out, budget, currency);
    write_funds(out, budget, currency);
    write_rollovers(out, budget, now, currency);
    const bool is_muted = budget.is_muted_at(moment.at);
    const auto muted_until =
        is_muted && budget.muted_until ? std::optional(budget.muted_until->text()) : std::nullopt;
    out.field("archived", budget.archived)
        .field("paused", budget.paused)
        .field("muted", is_muted)
        .field("muted_until", muted_until)
        .field("created_at", budget.created_at.text())
        .field("updated_at", budget.updated_at.text())
        .field("version", static_cast<std::int64_t>(target.head.version))
        .end_object();
    return body;
}

void write_period_rule(json::Writer& out, const PeriodRule& rule) {
    if (const auto only = only_period(rule)) {
        out.key("period").begin_object();
        out.field("start", only->start.text()).field("end", only->end.text()).end_object();
        return;
    }
    const Every* best = nullptr;
    for (const auto& every : everies) {
        if (every.unit != rule.unit) continue;
        if (every.count == 1 || every.count == rule.count) best = &every;
    }
    CHECK(best != nullptr, "a period unit without a name");
    out.key("period")
        .begin_object()
        .field("every", best->name)
        .field("count", std::int64_t{rule.count / best->count})
        .field("anchor", rule.anchor.text())
        .end_object();
}

}  // namespace outlay::api
