// Deciders that give a single period more or less to spend: adjustments, and funds that move
// between two budgets.
#include "domain/budget/decide.hpp"
#include "domain/budget/life.hpp"
#include "domain/values/field_check.hpp"

namespace outlay::domain::budget {

namespace {

Objection currency_objection(const Budget& budget, const Money& amount) {
    if (amount.currency == budget.currency) return std::nullopt;
    return refusal_at(
        RefusalCode::currency_mismatch, "/amount/currency",
        "The currency of the budget is " + std::string(budget.currency->code()) + ".");
}

Objection field_objection(const AdjustPeriod& command) {
    FieldCheck check;
    check.day("/day", command.day);
    check.amount("/amount/amount", command.amount.minor, {-amount_minor_max, amount_minor_max});
    if (command.reason) check.text("/reason", command.reason->value, note_text);
    return std::move(check).objection();
}

Objection field_objection(const MoveFunds& command) {
    FieldCheck check;
    check.day("/day", command.day);
    check.amount("/amount/amount", command.amount.minor, {1, amount_minor_max});
    check.require(command.from != command.to, "/to", "same_budget", "Must be another budget.");
    if (command.reason) check.text("/reason", command.reason->value, note_text);
    return std::move(check).objection();
}

// What a period may hold after a change by `delta`: neither less than nothing nor too much. Where
// the plan was changed afterwards it may be out of that range already; then it may come nearer.
Objection range_objection(const Budget& budget, const Period& period, std::int64_t delta) {
    const auto planned = budget.uncut_minor(period, delta);
    const bool is_too_low = planned < 0 && delta < 0;
    const bool is_too_high = planned > amount_minor_max && delta > 0;
    if (!is_too_low && !is_too_high) return std::nullopt;
    return Refusal{RefusalCode::invalid,
                   "The period's limit would leave the range from 0 to the largest amount.",
                   {{"/amount/amount", "out_of_range",
                     "The period that starts on " + period.start.text() +
                         " would have a limit of " + std::to_string(planned) + "."}}};
}

}  // namespace

Decision<Events> decide(const Budget& budget, const AdjustPeriod& command, const Context& context) {
    if (auto objection = change_objection(budget)) return Fail{std::move(*objection)};
    if (auto objection = field_objection(command)) return Fail{std::move(*objection)};
    if (auto objection = currency_objection(budget, command.amount)) {
        return Fail{std::move(*objection)};
    }
    const auto found = period_at(budget.period, command.day);
    if (!found) return Fail{outside_of_range("/day")};
    const auto& period = *found;
    const auto present = budget.adjusted_minor(period);
    if (present == command.amount.minor) return Events{};
    if (auto objection = range_objection(budget, period, command.amount.minor - present)) {
        return Fail{std::move(*objection)};
    }
    return Events{BudgetPeriodAdjusted{period.start, present, command.amount.minor, command.reason,
                                       context.today}};
}

Decision<FundsMoved> decide(const Budget& from, const Budget& to, const MoveFunds& command,
                            const Context& context) {
    if (auto objection = change_objection(from)) return Fail{std::move(*objection)};
    if (auto objection = field_objection(command)) return Fail{std::move(*objection)};
    if (!to.exists) {
        return Fail{refusal_at(RefusalCode::not_found, "/to", "There is no such budget.")};
    }
    for (const auto* budget : {&from, &to}) {
        if (auto objection = archived_objection(*budget)) return Fail{std::move(*objection)};
        if (auto objection = currency_objection(*budget, command.amount)) {
            return Fail{std::move(*objection)};
        }
    }
    const auto source = period_at(from.period, command.day);
    const auto target = period_at(to.period, command.day);
    if (!source || !target) return Fail{outside_of_range("/day")};
    const auto minor = command.amount.minor;
    if (auto objection = range_objection(from, *source, -minor)) return Fail{std::move(*objection)};
    if (auto objection = range_objection(to, *target, minor)) return Fail{std::move(*objection)};
    return FundsMoved{{command.to, source->start, -minor, context.today, command.reason},
                      {command.from, target->start, minor, context.today, command.reason}};
}

}  // namespace outlay::domain::budget
