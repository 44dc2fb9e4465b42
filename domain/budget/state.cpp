// How events change a budget. Events are facts: they are applied without being questioned.
#include "domain/budget/state.hpp"

#include <algorithm>
#include <numeric>

#include "domain/values/check.hpp"

namespace outlay::domain::budget {

namespace {

void apply(Budget& state, const BudgetCreated& event, const EventMeta& meta) {
    state.exists = true;
    state.name = event.name;
    state.scope = event.scope;
    state.currency = event.limit.currency;
    state.period = event.period;
    state.limits = {{earliest_day, Figure{event.limit.minor}}};
    state.thresholds = event.thresholds;
    state.created_at = meta.decided_at;
}

void apply(Budget& state, const BudgetRenamed& event, const EventMeta&) {
    state.name = event.name;
}

void apply(Budget& state, const BudgetLimitRevised& event, const EventMeta&) {
    auto& limits = state.limits;
    const auto place = limits.lower_bound(event.from);
    const bool is_first = place == limits.begin();
    if (!is_first && std::prev(place)->second.minor == event.new_minor)
        limits.erase(event.from);
    else
        limits[event.from] = {event.new_minor, event.reason};
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

AlertMarks& marked(Budget& state, const AlertId& alert, const EventMeta& meta) {
    auto& marks = state.alerts[alert];
    ++marks.count;
    marks.changed_at = meta.decided_at;
    return marks;
}

void apply(Budget& state, const AlertAcknowledged& event, const EventMeta& meta) {
    auto& marks = marked(state, event.alert, meta);
    marks.acknowledged_at = meta.decided_at;
    marks.acknowledged_by = meta.actor.member;
}

void apply(Budget& state, const AlertSnoozed& event, const EventMeta& meta) {
    marked(state, event.alert, meta).snoozed_until = event.until;
}

void apply(Budget& state, const BudgetPaused&, const EventMeta&) {
    state.paused = true;
}

void apply(Budget& state, const BudgetResumed&, const EventMeta&) {
    state.paused = false;
}

void apply(Budget& state, const BudgetMuted& event, const EventMeta&) {
    state.muted = true;
    state.muted_until = event.until;
}

void apply(Budget& state, const BudgetUnmuted&, const EventMeta&) {
    state.muted = false;
    state.muted_until.reset();
}

void apply(Budget& state, const BudgetPeriodAdjusted& event, const EventMeta&) {
    if (event.new_minor == 0)
        state.adjustments.erase(event.period);
    else
        state.adjustments[event.period] = {event.new_minor, event.reason};
}

void apply(Budget& state, const BudgetFundsMoved& event, const EventMeta&) {
    state.funds[event.period].push_back({event.other, event.delta_minor, event.reason});
}

void apply(Budget&, const BudgetDayPassed&, const EventMeta&) {}

void apply(Budget& state, const BudgetRolloverChanged& event, const EventMeta&) {
    auto& rollovers = state.rollovers;
    const auto place = rollovers.lower_bound(event.from);
    const auto before = place == rollovers.begin() ? Rollover{} : std::prev(place)->second;
    if (before == event.after)
        rollovers.erase(event.from);
    else
        rollovers[event.from] = event.after;
}

}  // namespace

void evolve(Budget& state, const Event& event, const EventMeta& meta) {
    std::visit(
        [&](const auto& fact) {
            apply(state, fact, meta);
            if constexpr (requires { fact.today; }) state.day = std::max(state.day, fact.today);
        },
        event);
    state.updated_at = meta.decided_at;
}

std::int64_t minor_of(const std::vector<Transfer>& all) {
    const auto add = [](std::int64_t sum, const Transfer& one) { return sum + one.minor; };
    return std::accumulate(all.begin(), all.end(), std::int64_t{0}, add);
}

const Figure& Budget::planned(const Period& when) const {
    CHECK(!limits.empty(), "the limit of a budget that does not exist");
    const auto later = limits.upper_bound(when.start);
    return later == limits.begin() ? later->second : std::prev(later)->second;
}

std::int64_t Budget::adjusted_minor(const Period& when) const {
    const auto found = adjustments.find(when.start);
    return found == adjustments.end() ? 0 : found->second.minor;
}

std::int64_t Budget::moved_minor(const Period& when) const {
    const auto found = funds.find(when.start);
    return found == funds.end() ? 0 : minor_of(found->second);
}

std::int64_t Budget::limit_minor(const Period& when, std::int64_t carried_minor) const {
    return std::max<std::int64_t>(0, uncut_minor(when, carried_minor));
}

std::int64_t Budget::uncut_minor(const Period& when, std::int64_t carried_minor) const {
    return planned_minor(when) + adjusted_minor(when) + moved_minor(when) + carried_minor;
}

Rollover Budget::rollover_of(const Period& when) const {
    const auto later = rollovers.upper_bound(when.start);
    return later == rollovers.begin() ? Rollover{} : std::prev(later)->second;
}

bool Budget::has_forecast() const {
    return std::ranges::any_of(thresholds, &Threshold::is_forecast);
}

bool Budget::has_member_thresholds() const {
    return std::ranges::any_of(thresholds, &Threshold::is_per_member);
}

std::optional<Date> Budget::forecast_day() const {
    if (is_silent() || !has_forecast()) return std::nullopt;
    const auto only = only_period(period);
    if (!only) return day;
    if (day >= only->end) return std::nullopt;
    // Before a single range begins, no day makes a difference.
    return std::max(day, only->start.plus_days(-1));
}

}  // namespace outlay::domain::budget
