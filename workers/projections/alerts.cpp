// Raising, resolving and acknowledging alerts.
#include "workers/projections/alerts.hpp"

#include <algorithm>
#include <set>

#include "domain/budget/words.hpp"
#include "platform/hash.hpp"
#include "workers/cells.hpp"

namespace outlay::workers::alerts {

namespace {

using budget_usage::Cell;
using budget_usage::ThresholdState;
using budget_usage::Watch;
using domain::budget::Threshold;

constexpr std::size_t column_of(std::string_view name) {
    for (std::size_t at = 0; at < columns.size(); ++at) {
        if (columns[at].name == name) return at;
    }
    return columns.size();
}

// What was spent, the number that a threshold watches in a period, and where it stands.
struct Look {
    std::int64_t spent = 0;
    std::int64_t number = 0;
    domain::budget::UsageState level = domain::budget::UsageState::within;
};

std::int64_t limit_of(const Scene& scene, const Cell& usage) {
    return scene.budget.limit_minor(usage.period, usage.carried_minor);
}

std::int64_t spent_in(const Cell& usage, const Watch& watch) {
    if (!watch.is_of_member()) return usage.all.spent.minor;
    const auto found = usage.members.find(watch.member);
    return found == usage.members.end() ? 0 : found->second.spent.minor;
}

// A threshold and whose spending it is held against.
struct Watched {
    const Threshold& threshold;
    domain::MemberId member{};  // nil: everybody

    Watch key() const { return {threshold.id, member}; }
    std::optional<domain::MemberId> named_member() const {
        return key().is_of_member() ? std::optional(member) : std::nullopt;
    }
};

Look look_at(const Scene& scene, const Cell& usage, const Watched& watched) {
    const auto& threshold = watched.threshold;
    const auto spent = spent_in(usage, watched.key());
    const auto number = watched_minor(threshold, spent, usage.period, scene.as_of);
    return {spent, number, state_of(threshold, number, limit_of(scene, usage))};
}

void put_state(const Scene& scene, const Cell& usage, const Watch& watch,
               const ThresholdState& state, RowChanges& changes) {
    changes.put(budget_usage::thresholds_table,
                {cell(scene.key.workspace), cell(scene.key.budget), cell(usage.period.start),
                 cell(watch.threshold), cell(watch.member), flag(state.above),
                 cell(state.crossings), cell(state.alert), flag(state.muted), flag(state.held)});
}

void announce(const Scene& scene, const Watch& watch, const ThresholdState& alert,
              std::string_view state) {
    if (scene.notices == nullptr || alert.muted) return;
    const auto member = watch.is_of_member() ? std::optional(watch.member) : scene.occasion.member;
    scene.notices->push_back({scene.key.workspace, *alert.alert, state, scene.commit.position,
                              scene.commit.decided_at, member});
}

void raise(const Scene& scene, const Cell& usage, const Watched& watched, ThresholdState& state,
           RowChanges& changes) {
    const auto& threshold = watched.threshold;
    const auto id = alert_id(threshold.id, usage.period.start, ++state.crossings, watched.member);
    state.alert = id;
    state.muted = scene.is_muted;
    const auto& at = scene.commit.position;
    const std::optional<std::int64_t> percent = threshold.percent;
    const auto look = look_at(scene, usage, watched);
    const bool is_forecast = threshold.is_forecast();
    changes.put(table, {cell(scene.key.workspace),
                        cell(id),
                        cell(scene.key.budget),
                        cell(threshold.id),
                        cell(watched.named_member()),
                        cell(usage.period.start),
                        cell(usage.period.end),
                        cell(state.crossings),
                        cell(percent),
                        cell(threshold.amount_minor),
                        cell(*scene.budget.currency),
                        cell(look.spent),
                        cell(limit_of(scene, usage)),
                        cell(name_of(threshold.basis.value_or(domain::budget::Basis::actual))),
                        cell(name_of(look.level)),
                        cell(is_forecast ? std::optional(look.number) : std::nullopt),
                        cell(is_forecast ? std::optional(scene.as_of) : std::nullopt),
                        flag(scene.is_muted),
                        cell("raised"),
                        cell(scene.occasion.cause),
                        cell(scene.occasion.expense),
                        cell(at.partition),
                        cell(at.offset),
                        cell(scene.commit.decided_at),
                        sql::Null{},
                        sql::Null{},
                        sql::Null{},
                        sql::Null{},
                        sql::Null{},
                        sql::Null{},
                        sql::Null{},
                        sql::Null{},
                        sql::Null{},
                        cell(0),
                        sql::Null{}});
    announce(scene, watched.key(), state, "raised");
}

void resolve(const Scene& scene, const Cell& usage, const Watch& watch, const ThresholdState& state,
             RowChanges& changes) {
    const Row key{cell(scene.key.workspace), cell(*state.alert)};
    const auto& at = scene.commit.position;
    const auto set = [&](std::string_view column, sql::Value value) {
        changes.patch(table, key, column_of(column), std::move(value));
    };
    set("state", cell("resolved"));
    set("resolved_at", cell(scene.commit.decided_at));
    set("resolved_cause", cell(scene.occasion.cause));
    set("resolved_expense", cell(scene.occasion.expense));
    set("resolved_spent_minor", cell(spent_in(usage, watch)));
    set("resolved_partition", cell(at.partition));
    set("resolved_offset", cell(at.offset));
    announce(scene, watch, state, "resolved");
}

void cross(const Scene& scene, const Cell& usage, const Watched& watched, ThresholdState& state,
           RowChanges& changes) {
    state.above = !state.above;
    if (state.above && scene.occasion.fires) raise(scene, usage, watched, state, changes);
    if (state.above || !state.alert) return;
    resolve(scene, usage, watched.key(), state, changes);
    state.alert.reset();
}

void judge(const Scene& scene, Cell& usage, const Watched& watched, RowChanges& changes) {
    const bool reached = look_at(scene, usage, watched).level != domain::budget::UsageState::within;
    const auto known = usage.thresholds.find(watched.key());
    const auto was = known == usage.thresholds.end() ? ThresholdState{} : known->second;
    const bool held = reached && !was.above && scene.occasion.is_ahead;
    const bool crosses = reached != was.above && !held;
    if (!crosses && held == was.held) return;
    auto& state = usage.thresholds[watched.key()];
    state.held = held;
    if (crosses) cross(scene, usage, watched, state, changes);
    put_state(scene, usage, watched.key(), state, changes);
}

// Also members that have spent nothing any more, but had reached the threshold.
void judge_members(const Scene& scene, Cell& usage, const Threshold& threshold,
                   RowChanges& changes) {
    std::set<domain::MemberId> members;
    for (const auto& [member, spent] : usage.members) members.insert(member);
    for (const auto& [watch, state] : usage.thresholds) {
        if (watch.threshold == threshold.id) members.insert(watch.member);
    }
    for (const auto& member : members) judge(scene, usage, {threshold, member}, changes);
}

void drop_removed(const Scene& scene, Cell& usage, RowChanges& changes) {
    std::erase_if(usage.thresholds, [&](const auto& entry) {
        const auto& [watch, state] = entry;
        if (std::ranges::find(scene.budget.thresholds, watch.threshold, &Threshold::id) !=
            scene.budget.thresholds.end()) {
            return false;
        }
        if (state.alert) resolve(scene, usage, watch, state, changes);
        changes.remove(budget_usage::thresholds_table,
                       {cell(scene.key.workspace), cell(scene.key.budget), cell(usage.period.start),
                        cell(watch.threshold), cell(watch.member)});
        return true;
    });
}

}  // namespace

domain::AlertId alert_id(const domain::ThresholdId& threshold, domain::Date period_start,
                         std::int64_t crossing, const domain::MemberId& member) {
    auto name = period_start.text() + ":" + std::to_string(crossing);
    if (member != domain::MemberId{}) name += ":" + member.text();
    return {platform::uuid_of_name(threshold.value, name)};
}

domain::Date earliest_today(domain::Instant decided_at) {
    const std::chrono::sys_time<std::chrono::microseconds> at{
        std::chrono::microseconds{decided_at.micros}};
    const domain::Date utc_day{std::chrono::floor<std::chrono::days>(at)};
    return utc_day.plus_days(-1);
}

domain::Date forecast_day(const domain::budget::Budget& budget, domain::Instant decided_at) {
    return std::max(budget.day, earliest_today(decided_at));
}

void evaluate(const Scene& scene, Cell& usage, RowChanges& changes) {
    const budget_usage::Judged now{scene.as_of, limit_of(scene, usage)};
    const bool is_known = usage.judged == now;
    for (const auto& threshold : scene.budget.thresholds) {
        if (!threshold.is_per_member()) {
            judge(scene, usage, {threshold}, changes);
        } else if (is_known) {
            for (const auto& member : usage.moved)
                judge(scene, usage, {threshold, member}, changes);
        } else {
            judge_members(scene, usage, threshold, changes);
        }
    }
    usage.moved.clear();
    if (is_known) return;
    drop_removed(scene, usage, changes);
    usage.judged = usage.holds() ? std::nullopt : std::optional(now);
}

sql::Status acknowledge(sql::Session& session, RowChanges& changes, const Fact& fact,
                        const domain::AlertId& alert) {
    const auto budget = domain::BudgetId::parse(fact.aggregate);
    if (!budget) return domain::Done{};
    if (const auto flushed = changes.flush(session); !flushed.ok()) return flushed;
    const std::array parameters{cell(fact.meta.decided_at), cell(fact.meta.actor.member),
                                cell(fact.workspace), cell(alert), cell(*budget)};
    const auto done = session.execute(
        "UPDATE read.alerts SET state = 'acknowledged', acknowledged_at = $1, acknowledged_by = $2,"
        " changed_at = $1, changes = changes + 1 WHERE workspace = $3 AND id = $4 AND budget = $5 "
        "AND state = 'raised'",
        parameters);
    if (!done.ok()) return domain::Fail{done.error()};
    return domain::Done{};
}

sql::Status snooze(sql::Session& session, RowChanges& changes, const Fact& fact,
                   const domain::budget::AlertSnoozed& event) {
    const auto budget = domain::BudgetId::parse(fact.aggregate);
    if (!budget) return domain::Done{};
    if (const auto flushed = changes.flush(session); !flushed.ok()) return flushed;
    const std::array parameters{cell(event.until), cell(fact.workspace), cell(event.alert),
                                cell(*budget), cell(fact.meta.decided_at)};
    const auto done = session.execute(
        "UPDATE read.alerts SET snoozed_until = $1, changed_at = $5, changes = changes + 1"
        " WHERE workspace = $2 AND id = $3 AND budget = $4 AND state <> 'resolved'",
        parameters);
    if (!done.ok()) return domain::Fail{done.error()};
    return domain::Done{};
}

}  // namespace outlay::workers::alerts
