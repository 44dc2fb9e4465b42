// Deciders of a budget. Who may change budgets is `authorise`'s answer before a command comes here.
#include "domain/budget/decide.hpp"

#include "domain/budget/anchor.hpp"
#include "domain/budget/life.hpp"
#include "domain/budget/scope.hpp"
#include "domain/budget/thresholds.hpp"
#include "domain/values/field_check.hpp"
#include "domain/workspace/authorise.hpp"

namespace outlay::domain::budget {

namespace {

constexpr AmountRange limit_range{0,
                                  amount_minor_max};  // a limit of zero: every expense is too much
constexpr AmountRange cap_range{1, amount_minor_max};

void check_period(FieldCheck& check, const PeriodRule& rule) {
    const bool is_range = rule.unit == Unit::once;
    check.day(is_range ? "/period/start" : "/period/anchor", rule.anchor);
    // With a right anchor only the count is left to be wrong.
    const PeriodRule count_only{rule.unit, rule.count, Date{}};
    check.require(is_valid(count_only), is_range ? "/period/end" : "/period/count", "out_of_range",
                  is_range ? "A range has from 1 to 3660 days."
                           : "Must be from 1 to 3660 days or from 1 to 120 months.");
}

void check_rollover(FieldCheck& check, const std::optional<NewRollover>& rollover,
                    const std::optional<Date>& from, const PeriodRule& rule) {
    if (from) {
        check.day("/rollover_from", *from);
        check.require(rollover.has_value(), "/rollover_from", "needs_rollover",
                      "Says from when a rollover holds, so it needs one.");
    }
    if (!rollover) return;
    check.require(rule.unit != Unit::once || rollover->carry == Carry::none, "/rollover",
                  "single_period", "A single range has no next period.");
    check.require((rollover->carry == Carry::capped) == rollover->cap.has_value(), "/rollover/cap",
                  "needs_capped", "Belongs to a capped rollover, and to no other.");
    if (rollover->cap) check.amount("/rollover/cap/amount", rollover->cap->minor, cap_range);
}

Objection field_objection(const CreateBudget& command, const PeriodRule& period) {
    FieldCheck check;
    check.text("/name", command.name, name_text);
    check_scope(check, command.scope);
    check.amount("/limit/amount", command.limit.minor, limit_range);
    check_period(check, period);
    check_thresholds(check, command.thresholds);
    check_rollover(check, command.rollover, command.rollover_from, period);
    return std::move(check).objection();
}

Objection field_objection(const EditBudget& command, const PeriodRule& period) {
    FieldCheck check;
    if (command.name) check.text("/name", *command.name, name_text);
    if (command.limit) check.amount("/limit/amount", command.limit->minor, limit_range);
    if (command.limit_from) {
        check.day("/limit_from", *command.limit_from);
        check.require(command.limit.has_value(), "/limit_from", "needs_limit",
                      "Says from when a new limit holds, so it needs one.");
    }
    if (command.reason) {
        check.text("/reason", command.reason->value, note_text);
        check.require(command.limit.has_value(), "/reason", "needs_limit",
                      "Says why a limit is another one, so it needs one.");
    }
    if (command.scope) check_scope(check, *command.scope);
    if (command.thresholds) check_thresholds(check, *command.thresholds);
    check_rollover(check, command.rollover, command.rollover_from, period);
    return std::move(check).objection();
}

Objection foreign_cap(const std::optional<NewRollover>& rollover, Currency of_budget) {
    if (!rollover || !rollover->cap || rollover->cap->currency == of_budget) return std::nullopt;
    return refusal_at(RefusalCode::currency_mismatch, "/rollover/cap/currency",
                      "Caps are in the budget's currency: " + std::string(of_budget.code()) + ".");
}

// The period from which on a change holds that names a day or, by default, today.
Period changed_period(const PeriodRule& rule, const std::optional<Date>& from,
                      const Context& context) {
    const auto only = only_period(rule);
    return only ? *only : period_of(rule, from.value_or(context.today));
}

// What people were held to is rewritten only by somebody who says why.
Objection unexplained_objection(const Budget& budget, const EditBudget& command,
                                const Context& context) {
    if (!command.limit || command.reason) return std::nullopt;
    const Period first = changed_period(budget.period, command.limit_from, context);
    if (first.end >= context.today) return std::nullopt;
    return Refusal{
        RefusalCode::invalid,
        "A new limit for a period that has ended needs a reason.",
        {{"/reason", "required",
          "Must say why: the period that ended on " + first.end.text() + " gets another limit."}}};
}

Objection edit_objection(const Budget& budget, const EditBudget& command,
                         const Surroundings& around, const Context& context) {
    if (auto objection = archived_objection(budget)) return objection;
    if (auto objection = field_objection(command, budget.period)) return objection;
    if (command.limit_from && !period_at(budget.period, *command.limit_from)) {
        return outside_of_range("/limit_from");
    }
    if (auto objection = unexplained_objection(budget, command, context)) return objection;
    if (command.limit && command.limit->currency != budget.currency) {
        return refusal_at(
            RefusalCode::currency_mismatch, "/limit/currency",
            "The currency of a budget is fixed: " + std::string(budget.currency->code()) + ".");
    }
    if (command.thresholds) {
        if (auto foreign = foreign_currency(*command.thresholds, *budget.currency)) return foreign;
    }
    if (auto foreign = foreign_cap(command.rollover, *budget.currency)) return foreign;
    if (command.scope) return unknown_entries(*command.scope, budget.scope, around);
    return std::nullopt;
}

void revise_limit(Events& events, const Budget& budget, const EditBudget& command,
                  const Context& context) {
    if (!command.limit) return;
    const Period first = changed_period(budget.period, command.limit_from, context);
    const std::int64_t present = budget.planned_minor(first);
    if (present == command.limit->minor) return;
    events.emplace_back(BudgetLimitRevised{first.start, present, command.limit->minor,
                                           context.today, command.reason});
}

void change_scope(Events& events, const Budget& budget, const EditBudget& command,
                  const Context& context) {
    if (!command.scope) return;
    Scope wished = normalised(*command.scope);
    if (wished == budget.scope) return;
    events.emplace_back(BudgetScopeChanged{budget.scope, std::move(wished), context.today});
}

Rollover content_of(const NewRollover& rollover) {
    return {rollover.carry, rollover.cap ? std::optional(rollover.cap->minor) : std::nullopt};
}

void change_rollover(Events& events, const Budget& budget, const EditBudget& command,
                     const Context& context) {
    if (!command.rollover) return;
    const Period first = changed_period(budget.period, command.rollover_from, context);
    const Rollover present = budget.rollover_of(first);
    const Rollover wished = content_of(*command.rollover);
    if (present == wished) return;
    events.emplace_back(BudgetRolloverChanged{first.start, present, wished, context.today});
}

}  // namespace

Decision<Events> decide(const Budget& budget, const CreateBudget& command,
                        const Surroundings& around, const Context& context) {
    if (auto objection = workspace::archived_objection(around.workspace)) {
        return Fail{std::move(*objection)};
    }
    if (budget.exists) return refuse(RefusalCode::already_exists, "The budget exists already.");
    auto period = command.period;
    if (command.anchor_is_left)
        period.anchor = usual_anchor(period, around.workspace, context.today);
    if (auto objection = field_objection(command, period)) return Fail{std::move(*objection)};
    if (auto foreign = foreign_currency(command.thresholds, command.limit.currency)) {
        return Fail{std::move(*foreign)};
    }
    if (auto foreign = foreign_cap(command.rollover, command.limit.currency)) {
        return Fail{std::move(*foreign)};
    }
    if (auto objection = unknown_entries(command.scope, Scope{}, around)) {
        return Fail{std::move(*objection)};
    }
    Events events{BudgetCreated{command.name, normalised(command.scope), command.limit, period,
                                identified(command.thresholds, context), context.today}};
    if (command.rollover && command.rollover->carry != Carry::none) {
        const Period first = changed_period(period, command.rollover_from, context);
        events.emplace_back(BudgetRolloverChanged{first.start, Rollover{},
                                                  content_of(*command.rollover), context.today});
    }
    return events;
}

Decision<Events> decide(const Budget& budget, const EditBudget& command, const Surroundings& around,
                        const Context& context) {
    if (auto objection = workspace::archived_objection(around.workspace)) {
        return Fail{std::move(*objection)};
    }
    if (!budget.exists) return no_such_budget();
    if (auto objection = edit_objection(budget, command, around, context)) {
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
    change_rollover(events, budget, command, context);
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
