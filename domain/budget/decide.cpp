// Deciders of a budget. Who may change budgets is `authorise`'s answer before a command comes here.
#include "domain/budget/decide.hpp"

#include "domain/budget/life.hpp"
#include "domain/budget/scope.hpp"
#include "domain/budget/thresholds.hpp"
#include "domain/values/field_check.hpp"
#include "domain/workspace/authorise.hpp"

namespace outlay::domain::budget {

namespace {

constexpr AmountRange limit_range{0,
                                  amount_minor_max};  // a limit of zero: every expense is too much

void check_period(FieldCheck& check, const PeriodRule& rule) {
    check.day("/period/anchor", rule.anchor);
    // With a right anchor only the count is left to be wrong.
    const PeriodRule count_only{rule.unit, rule.count, Date{}};
    check.require(is_valid(count_only), "/period/count", "out_of_range",
                  "Must be from 1 to 3660 days or from 1 to 120 months.");
}

Objection field_objection(const CreateBudget& command) {
    FieldCheck check;
    check.text("/name", command.name, name_text);
    check_scope(check, command.scope);
    check.amount("/limit/amount", command.limit.minor, limit_range);
    check_period(check, command.period);
    check_thresholds(check, command.thresholds);
    return std::move(check).objection();
}

Objection field_objection(const EditBudget& command) {
    FieldCheck check;
    if (command.name) check.text("/name", *command.name, name_text);
    if (command.limit) check.amount("/limit/amount", command.limit->minor, limit_range);
    if (command.limit_from) {
        check.day("/limit_from", *command.limit_from);
        check.require(command.limit.has_value(), "/limit_from", "needs_limit",
                      "Says from when a new limit holds, so it needs one.");
    }
    if (command.scope) check_scope(check, *command.scope);
    if (command.thresholds) check_thresholds(check, *command.thresholds);
    return std::move(check).objection();
}

Objection edit_objection(const Budget& budget, const EditBudget& command,
                         const Surroundings& around) {
    if (auto objection = archived_objection(budget)) return objection;
    if (auto objection = field_objection(command)) return objection;
    if (command.limit && command.limit->currency != budget.currency) {
        return refusal_at(
            RefusalCode::currency_mismatch, "/limit/currency",
            "The currency of a budget is fixed: " + std::string(budget.currency->code()) + ".");
    }
    if (command.thresholds) {
        if (auto foreign = foreign_currency(*command.thresholds, *budget.currency)) return foreign;
    }
    if (command.scope) return unknown_entries(*command.scope, budget.scope, around);
    return std::nullopt;
}

void revise_limit(Events& events, const Budget& budget, const EditBudget& command,
                  const Context& context) {
    if (!command.limit) return;
    const Period first = period_of(budget.period, command.limit_from.value_or(context.today));
    const std::int64_t present = budget.planned_minor(first);
    const bool changes_later = budget.limits.upper_bound(first.start) != budget.limits.end();
    if (present == command.limit->minor && !changes_later) return;
    events.emplace_back(
        BudgetLimitRevised{first.start, present, command.limit->minor, context.today});
}

void change_scope(Events& events, const Budget& budget, const EditBudget& command,
                  const Context& context) {
    if (!command.scope) return;
    Scope wished = normalised(*command.scope);
    if (wished == budget.scope) return;
    events.emplace_back(BudgetScopeChanged{budget.scope, std::move(wished), context.today});
}

}  // namespace

Decision<Events> decide(const Budget& budget, const CreateBudget& command,
                        const Surroundings& around, const Context& context) {
    if (auto objection = workspace::archived_objection(around.workspace)) {
        return Fail{std::move(*objection)};
    }
    if (budget.exists) return refuse(RefusalCode::already_exists, "The budget exists already.");
    if (auto objection = field_objection(command)) return Fail{std::move(*objection)};
    if (auto foreign = foreign_currency(command.thresholds, command.limit.currency)) {
        return Fail{std::move(*foreign)};
    }
    if (auto objection = unknown_entries(command.scope, Scope{}, around)) {
        return Fail{std::move(*objection)};
    }
    return Events{BudgetCreated{command.name, normalised(command.scope), command.limit,
                                command.period, identified(command.thresholds, context),
                                context.today}};
}

Decision<Events> decide(const Budget& budget, const EditBudget& command, const Surroundings& around,
                        const Context& context) {
    if (auto objection = workspace::archived_objection(around.workspace)) {
        return Fail{std::move(*objection)};
    }
    if (!budget.exists) return no_such_budget();
    if (auto objection = edit_objection(budget, command, around)) {
        return Fail{std::move(*objection)};
    }

    // Thresholds that go, go first, and new ones come last: none of them sees a half-made edit.
    Events events;
    if (command.thresholds) {
        for (const ThresholdId& id : removed_thresholds(budget.thresholds, *command.thresholds)) {
            events.emplace_back(ThresholdRemoved{id});
        }
    }
    if (command.name && *command.name != budget.name) {
        events.emplace_back(BudgetRenamed{*command.name});
    }
    change_scope(events, budget, command, context);
    revise_limit(events, budget, command, context);
    if (command.thresholds) {
        const auto added = added_thresholds(budget.thresholds, *command.thresholds);
        for (const Threshold& threshold : identified(added, context)) {
            events.emplace_back(ThresholdAdded{threshold, context.today});
        }
    }
    return events;
}

Decision<Events> decide(const Budget& budget, const ArchiveBudget&, const Context&) {
    if (!budget.exists) return no_such_budget();
    if (budget.archived) return Events{};
    return Events{BudgetArchived{}};
}

Decision<Events> decide(const Budget& budget, const RestoreBudget&, const Context& context) {
    if (!budget.exists) return no_such_budget();
    if (!budget.archived) return Events{};
    return Events{BudgetRestored{context.today}};
}

}  // namespace outlay::domain::budget
