// Deciders that stop and start a budget or what it says: pause, mute, snooze, acknowledge, and the
// scheduler's day.
#include "domain/budget/life.hpp"

#include "domain/budget/decide.hpp"

namespace outlay::domain::budget {

namespace {

Objection past_objection(Instant until, const Context& context) {
    if (until > context.now) return std::nullopt;
    constexpr std::string_view detail = "Must lie in the future.";
    return Refusal{RefusalCode::invalid,
                   std::string(detail),
                   {{"/until", "out_of_range", std::string(detail)}}};
}

}  // namespace

Fail<Refusal> no_such_budget() {
    return refuse(RefusalCode::not_found, "There is no such budget.");
}

Objection archived_objection(const Budget& budget) {
    if (!budget.archived) return std::nullopt;
    return Refusal{RefusalCode::state_conflict, "The budget is archived; restore it first.", {}};
}

Objection change_objection(const Budget& budget) {
    if (!budget.exists) return no_such_budget().error;
    return archived_objection(budget);
}

Refusal outside_of_range(std::string_view pointer) {
    constexpr std::string_view detail = "Lies outside of the budget's single range of days.";
    return Refusal{RefusalCode::invalid,
                   std::string(detail),
                   {{std::string(pointer), "out_of_range", std::string(detail)}}};
}

Decision<Events> decide(const Budget& budget, const PauseBudget&, const Context&) {
    if (auto objection = change_objection(budget)) return Fail{std::move(*objection)};
    if (budget.paused) return Events{};
    return Events{BudgetPaused{}};
}

Decision<Events> decide(const Budget& budget, const ResumeBudget&, const Context& context) {
    if (auto objection = change_objection(budget)) return Fail{std::move(*objection)};
    if (!budget.paused) return Events{};
    return Events{BudgetResumed{context.today}};
}

Decision<Events> decide(const Budget& budget, const MuteBudget& command, const Context& context) {
    if (auto objection = change_objection(budget)) return Fail{std::move(*objection)};
    if (command.until) {
        if (auto objection = past_objection(*command.until, context)) {
            return Fail{std::move(*objection)};
        }
    }
    if (budget.muted && budget.muted_until == command.until) return Events{};
    return Events{BudgetMuted{command.until}};
}

Decision<Events> decide(const Budget& budget, const UnmuteBudget&, const Context&) {
    if (auto objection = change_objection(budget)) return Fail{std::move(*objection)};
    if (!budget.muted) return Events{};
    return Events{BudgetUnmuted{}};
}

Decision<Events> decide(const Budget& budget, const AcknowledgeAlert& command, const Context&) {
    if (!budget.exists) return no_such_budget();
    const auto known = budget.alerts.find(command.alert);
    if (known != budget.alerts.end() && known->second.acknowledged_at) return Events{};
    return Events{AlertAcknowledged{command.alert}};
}

Decision<Events> decide(const Budget& budget, const SnoozeAlert& command, const Context& context) {
    if (!budget.exists) return no_such_budget();
    if (auto objection = past_objection(command.until, context)) return Fail{std::move(*objection)};
    const auto known = budget.alerts.find(command.alert);
    if (known != budget.alerts.end() && known->second.snoozed_until == command.until) {
        return Events{};
    }
    return Events{AlertSnoozed{command.alert, command.until}};
}

Decision<Events> decide(const Budget& budget, const PassDay& wish, const Context& context) {
    if (!budget.exists) return no_such_budget();
    const bool is_told = wish.begins && !budget.is_silent();
    const auto told = is_told ? budget.day : budget.forecast_day();
    if (!told || context.today <= *told) return Events{};
    return Events{BudgetDayPassed{context.today}};
}

}  // namespace outlay::domain::budget
