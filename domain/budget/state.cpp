// How events change a budget. Events are facts: they are applied without being questioned.
#include "domain/budget/state.hpp"

#include "domain/values/check.hpp"

namespace outlay::domain::budget {

namespace {

void apply(Budget& state, const BudgetCreated& event, const EventMeta& meta) {
    state.exists = true;
    state.name = event.name;
    state.scope = event.scope;
    state.currency = event.limit.currency;
    state.period = event.period;
    state.limits = {{earliest_day, event.limit.minor}};
    state.thresholds = event.thresholds;
    state.created_at = meta.decided_at;
}

void apply(Budget& state, const BudgetRenamed& event, const EventMeta&) {
    state.name = event.name;
}

void apply(Budget& state, const BudgetLimitRevised& event, const EventMeta&) {
    state.limits.erase(state.limits.lower_bound(event.from), state.limits.end());
    state.limits[event.from] = event.new_minor;
}

void apply(Budget& state, const ThresholdAdded& event, const EventMeta&) {
    state.thresholds.push_back(event.threshold);
}

void apply(Budget& state, const ThresholdRemoved& event, const EventMeta&) {
    std::erase_if(state.thresholds,
                  [&](const Threshold& threshold) { return threshold.id == event.threshold; });
}

void apply(Budget& state, const BudgetScopeChanged& event, const EventMeta&) {
    state.scope = event.after;
}

void apply(Budget& state, const BudgetArchived&, const EventMeta&) {
    state.archived = true;
}

void apply(Budget& state, const BudgetRestored&, const EventMeta&) {
    state.archived = false;
}

void apply(Budget& state, const AlertAcknowledged& event, const EventMeta&) {
    state.acknowledged.insert(event.alert);
}

}  // namespace

void evolve(Budget& state, const Event& event, const EventMeta& meta) {
    std::visit([&](const auto& fact) { apply(state, fact, meta); }, event);
    state.updated_at = meta.decided_at;
}

std::int64_t Budget::limit_minor(const Period& when) const {
    CHECK(!limits.empty(), "the limit of a budget that does not exist");
    const auto later = limits.upper_bound(when.start);
    return later == limits.begin() ? later->second : std::prev(later)->second;
}

}  // namespace outlay::domain::budget
