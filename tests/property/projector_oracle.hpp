// An oracle for budgets and alerts that shares no code with the projection: after every commit it
// adds everything up again from all expenses, and it has its own idea of periods and scopes.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "platform/hash.hpp"
#include "tests/unit/projector_author.hpp"

namespace outlay::tests {

// The first day of the period before or after. Anchors in the tests lie on days that every month
// has.
inline domain::Date naive_step(const domain::budget::PeriodRule& rule, domain::Date from,
                               int direction) {
    if (rule.unit != domain::budget::Unit::month) return from.plus_days(direction * rule.count);
    const auto moved = from.ymd() + std::chrono::months{direction * rule.count};
    return domain::Date{std::chrono::sys_days{moved}};
}

// The first day of the period that contains `on`, found by stepping from the anchor. Of a single
// range there are no others: days outside of it start nothing that counts.
inline domain::Date naive_start(const domain::budget::PeriodRule& rule, domain::Date on) {
    auto start = rule.anchor;
    while (on < start) start = naive_step(rule, start, -1);
    while (naive_step(rule, start, 1) <= on) start = naive_step(rule, start, 1);
    return start;
}
inline bool naive_has(const domain::budget::PeriodRule& rule, domain::Date on) {
    return rule.unit != domain::budget::Unit::once || naive_start(rule, on) == rule.anchor;
}

// The run rate, rounded half up; it needs the period's first day only.
inline std::int64_t naive_projection(const domain::budget::PeriodRule& rule, domain::Date start,
                                     std::int64_t spent, domain::Date as_of) {
    std::int64_t length = 1;
    while (naive_start(rule, start.plus_days(static_cast<int>(length))) == start) ++length;
    const std::int64_t elapsed = (as_of.days() - start.days()).count() + 1;
    if (spent <= 0 || elapsed < 1 || elapsed > length) return spent;
    const auto whole = spent * length / elapsed;
    return 2 * (spent * length % elapsed) >= elapsed ? whole + 1 : whole;
}

class BudgetOracle {
public:
    void follow(const Written& written) {
        const auto kind = *domain::kind_of(written.aggregate);
        auto& home = homes_[written.workspace];
        if (kind == domain::AggregateKind::categories) home.tree = std::get<1>(written.after);
        std::vector<domain::expense::Expense> sides;  // before and after
        if (kind == domain::AggregateKind::expense) {
            sides = {home.expenses[written.aggregate], std::get<2>(written.after)};
            home.expenses[written.aggregate] = sides.back();
        }
        if (kind == domain::AggregateKind::budget) {
            home.budgets[*domain::BudgetId::parse(written.aggregate)] = std::get<3>(written.after);
        }
        if (kind == domain::AggregateKind::expense) {
            for (const auto& [id, budget] : home.budgets) {
                const auto own = own_periods(home, budget, sides);
                if (!own.empty()) evaluate(home, id, {std::nullopt, own}, written);
            }
        }
        for (const auto& event : written.events) {
            acknowledge(home, event);
            note_day(home, written, event);
        }
        for (const auto& [id, firing] : rule_changes(home, written))
            evaluate(home, id, firing, written);
    }

    // "budget|period start|spent|count" of every period with expenses.
    Lines usage() const {
        Lines lines;
        for (const auto& [workspace, home] : homes_) {
            for (const auto& [id, budget] : home.budgets) {
                for (const auto& [start, sum] : sums(home, budget)) {
                    lines.push_back(id.value.text() + "|" + start.text() + "|" +
                                    std::to_string(sum.first) + "|" + std::to_string(sum.second));
                }
            }
        }
        std::ranges::sort(lines);
        return lines;
    }
    // "id|budget|threshold|period start|crossing|spent|limit|state|offset" of every alert.
    Lines alerts() const {
        Lines lines;
        for (const auto& [workspace, home] : homes_) {
            for (const auto& [id, alert] : home.alerts) {
                lines.push_back(id.value.text() + "|" + alert.text + "|" + alert.state + "|" +
                                std::to_string(alert.offset));
            }
        }
        std::ranges::sort(lines);
        return lines;
    }
    Lines outbox() const {
        Lines lines(outbox_.begin(), outbox_.end());
        std::ranges::sort(lines);
        return lines;
    }
    std::vector<std::pair<domain::BudgetId, domain::AlertId>> alerts_of(
        const domain::WorkspaceId& workspace) {
        std::vector<std::pair<domain::BudgetId, domain::AlertId>> found;
        for (const auto& [id, alert] : homes_[workspace].alerts)
            found.emplace_back(alert.budget, id);
        return found;
    }
    std::size_t raised() const { return raised_; }

private:
    struct Alert {
        domain::BudgetId budget;
        std::string text;
        std::string state;
        std::int64_t offset = 0;
    };
    struct Crossing {
        bool above = false;
        int fired = 0;
        std::optional<domain::AlertId> open;
        bool is_untold = false;  // the budget was muted when it was raised
    };
    struct Place {
        domain::Date start;
        domain::ThresholdId threshold;
        domain::MemberId member{};  // nil: everybody
        auto operator<=>(const Place&) const = default;
    };
    struct Home {
        domain::categories::Tree tree;
        std::map<std::string, domain::expense::Expense> expenses;
        std::map<domain::BudgetId, domain::budget::Budget> budgets;
        std::map<domain::BudgetId, std::map<Place, Crossing>> crossings;
        std::map<domain::AlertId, Alert> alerts;
        std::map<domain::BudgetId, domain::Date> days;  // the latest that was told
    };
    using Sums = std::map<domain::Date, std::pair<std::int64_t, std::int64_t>>;

    static bool below(const Home& home, std::optional<domain::CategoryId> category,
                      const std::vector<domain::CategoryId>& wanted) {
        while (category) {
            if (std::count(wanted.begin(), wanted.end(), *category) > 0) return true;
            category = home.tree.categories.at(*category).parent;
        }
        return false;
    }
    static bool matches(const Home& home, const domain::budget::Budget& budget,
                        const domain::expense::Expense& expense) {
        const auto& scope = budget.scope;
        if (expense.status != domain::expense::Status::recorded) return false;
        if (expense.amount->currency != *budget.currency) return false;
        if (!scope.categories.empty() && !below(home, expense.category, scope.categories))
            return false;
        if (!scope.members.empty() && scope.members.front() != expense.member) return false;
        if (!scope.merchants.empty() && expense.merchant != "Cafe" && expense.merchant != "Rail") {
            return false;
        }
        const auto tagged = [&](const std::string& tag) {
            return std::count(expense.tags.begin(), expense.tags.end(), tag) > 0;
        };
        return scope.tags.empty() || tagged("team") || tagged("gift");
    }
    // What an expense and its refunds come to, by the period in which each counts: amount and
    // number of expenses.
    static Sums counted(const domain::budget::Budget& budget,
                        const domain::expense::Expense& expense) {
        Sums found;
        const auto count = [&](domain::Date day, std::int64_t minor, std::int64_t expenses) {
            if (!naive_has(budget.period, day)) return;
            auto& sum = found[naive_start(budget.period, day)];
            sum.first += minor;
            sum.second += expenses;
        };
        count(expense.spent_on, expense.amount->minor, 1);
        for (const auto& refund : expense.refunds) {
            const bool is_original = refund.counts_in == domain::expense::CountsIn::original;
            if (refund.stands)
                count(is_original ? expense.spent_on : refund.received_on, -refund.amount.minor, 0);
        }
        return found;
    }
    static Sums sums(const Home& home, const domain::budget::Budget& budget) {
        Sums found;
        for (const auto& [id, expense] : home.expenses) {
            if (!matches(home, budget, expense)) continue;
            for (const auto& [start, sum] : counted(budget, expense)) {
                found[start].first += sum.first;
                found[start].second += sum.second;
            }
        }
        return found;
    }

    // What each member has spent in a period.
    static std::map<domain::MemberId, std::int64_t> shares(const Home& home,
                                                           const domain::budget::Budget& budget,
                                                           domain::Date start) {
        std::map<domain::MemberId, std::int64_t> found;
        for (const auto& [id, expense] : home.expenses) {
            if (!matches(home, budget, expense)) continue;
            const auto by_start = counted(budget, expense);
            const auto sum = by_start.find(start);
            if (sum != by_start.end()) found[expense.member] += sum->second.first;
        }
        return found;
    }

    static void note_day(Home& home, const Written& written, const domain::Event& event) {
        const auto* about_budget = std::get_if<domain::budget::Event>(&event);
        if (about_budget == nullptr) return;
        auto& day = home.days[*domain::BudgetId::parse(written.aggregate)];
        std::visit(
            [&](const auto& fact) {
                if constexpr (requires { fact.today; }) day = std::max(day, fact.today);
            },
            *about_budget);
    }

    using Starts = std::set<domain::Date>;
    // `today` is set for a change of rules: other periods change in silence. `passed` is a day that
    // has passed. `own` are the periods of an expense: later ones change in silence if they have
    // ended. What days and rules find in periods that have not begun is no crossing yet.
    struct Firing {
        std::optional<domain::Date> today;
        Starts own;
        std::optional<domain::Date> passed{};
    };
    using Changed = std::map<domain::BudgetId, Firing>;
    static Changed rule_changes(const Home& home, const Written& written) {
        Changed changed;
        for (const auto& event : written.events) {
            if (const auto* tree = std::get_if<domain::categories::Event>(&event)) {
                const auto* moved = std::get_if<domain::categories::CategoryMoved>(tree);
                if (moved == nullptr) continue;
                for (const auto& [id, budget] : home.budgets) {
                    if (!budget.scope.categories.empty()) changed[id] = {moved->today, {}};
                }
            }
            const auto* rule = std::get_if<domain::budget::Event>(&event);
            if (rule == nullptr) continue;
            const auto id = *domain::BudgetId::parse(written.aggregate);
            std::visit(
                [&](const auto& fact) {
                    using Fact = std::remove_cvref_t<decltype(fact)>;
                    if constexpr (std::is_same_v<Fact, domain::budget::BudgetDayPassed>) {
                        changed[id] = {std::nullopt, {}, fact.today};
                    } else if constexpr (requires { fact.today; }) {
                        changed[id] = {fact.today, {}};
                    } else if constexpr (requires { fact.threshold; }) {
                        changed.try_emplace(id, Firing{domain::Date{}, {}});
                    }
                },
                *rule);
        }
        return changed;
    }

    static void acknowledge(Home& home, const domain::Event& event) {
        const auto* about_budget = std::get_if<domain::budget::Event>(&event);
        if (about_budget == nullptr) return;
        const auto* fact = std::get_if<domain::budget::AlertAcknowledged>(about_budget);
        if (fact == nullptr) return;
        auto& alert = home.alerts.at(fact->alert);
        if (alert.state == "raised") alert.state = "acknowledged";
    }

    // The periods that an expense and its refunds leave and enter.
    static Starts own_periods(const Home& home, const domain::budget::Budget& budget,
                              const std::vector<domain::expense::Expense>& sides) {
        Starts starts;
        for (const auto& side : sides) {
            if (!matches(home, budget, side)) continue;
            for (const auto& [start, sum] : counted(budget, side)) starts.insert(start);
        }
        return starts;
    }

    static bool is_ahead(const Firing& firing, domain::Date start) {
        return (firing.today && start > *firing.today) || (firing.passed && start > *firing.passed);
    }
    // An expense is looked at in its own periods, and in later ones if they get what is left.
    static bool looks_at(const domain::budget::Budget& budget, const Firing& firing,
                         domain::Date start) {
        if (firing.own.empty() || firing.own.contains(start)) return true;
        return !budget.rollovers.empty() && start > *firing.own.begin();
    }
    static bool may_fire(const domain::budget::Budget& budget, const Firing& firing,
                         domain::Date start, const Written& written) {
        if (firing.today) {
            return naive_has(budget.period, *firing.today) &&
                   naive_start(budget.period, *firing.today) == start;
        }
        if (firing.own.empty() || firing.own.contains(start)) return true;
        return naive_step(budget.period, start, 1).plus_days(-1) >= yesterday(written);
    }
    // What every period hands on to the next one, from the first that does.
    static std::int64_t carried_into(const domain::budget::Budget& budget, const Sums& sums,
                                     domain::Date wanted) {
        using domain::budget::Carry;
        std::int64_t carried = 0;
        if (budget.rollovers.empty()) return 0;
        auto start = naive_start(budget.period, budget.rollovers.begin()->first);
        for (; start < wanted; start = naive_step(budget.period, start, 1)) {
            domain::budget::Rollover rule;
            for (const auto& [from, rollover] : budget.rollovers) {
                if (from <= start) rule = rollover;
            }
            const auto sum = sums.find(start);
            const auto left =
                had(budget, start) + carried - (sum == sums.end() ? 0 : sum->second.first);
            const bool keeps_debt = rule.carry == Carry::unspent_and_overspend;
            carried = rule.carry == Carry::none || (left < 0 && !keeps_debt) ? 0 : left;
            if (rule.carry == Carry::capped) carried = std::min(carried, *rule.cap_minor);
        }
        return carried;
    }

    void evaluate(Home& home, const domain::BudgetId& id, const Firing& firing,
                  const Written& written) {
        const auto& budget = home.budgets.at(id);
        if (budget.archived || budget.paused) return;
        auto& crossings = home.crossings[id];
        const auto now = sums(home, budget);
        std::set<domain::Date> starts;
        for (const auto& [start, sum] : now) starts.insert(start);
        for (const auto& [place, crossing] : crossings) starts.insert(place.start);
        for (const auto start : starts) {
            if (!looks_at(budget, firing, start)) continue;
            const auto sum = now.find(start);
            const std::int64_t spent = sum == now.end() ? 0 : sum->second.first;
            const bool fires = may_fire(budget, firing, start, written);
            const auto limit =
                std::max<std::int64_t>(0, had(budget, start) + carried_into(budget, now, start));
            const Situation situation{
                id,    start, spent, fires, is_ahead(firing, start), day_of(home, id, written),
                limit, {}};
            for (const auto& threshold : budget.thresholds) {
                if (threshold.per == domain::budget::Per::member)
                    judge_members(home, situation, threshold, written);
                else
                    judge(home, situation, threshold, written);
            }
        }
        std::erase_if(crossings, [&](const auto& entry) {
            for (const auto& threshold : budget.thresholds) {
                if (threshold.id == entry.first.threshold) return false;
            }
            const auto& crossing = entry.second;
            if (!crossing.open) return true;
            home.alerts.at(*crossing.open).state = "resolved";
            if (!crossing.is_untold) outbox_.insert(crossing.open->value.text() + " resolved");
            return true;
        });
    }

    struct Situation {
        domain::BudgetId budget;
        domain::Date start;
        std::int64_t spent = 0;
        bool fires = false;
        bool is_ahead = false;
        domain::Date as_of;
        std::int64_t limit = 0;
        domain::MemberId member{};
    };
    void judge_members(Home& home, Situation now, const domain::budget::Threshold& threshold,
                       const Written& written) {
        auto spent = shares(home, home.budgets.at(now.budget), now.start);
        for (const auto& [place, crossing] : home.crossings[now.budget]) {
            if (place.start == now.start && place.threshold == threshold.id) spent[place.member];
        }
        for (const auto& [member, minor] : spent) {
            now.member = member;
            now.spent = minor;
            judge(home, now, threshold, written);
        }
    }
    // The day before the commit's day in UTC.
    static domain::Date yesterday(const Written& written) {
        const std::chrono::sys_time<std::chrono::microseconds> at{
            std::chrono::microseconds{written.meta.decided_at.micros}};
        return domain::Date{std::chrono::floor<std::chrono::days>(at)}.plus_days(-1);
    }
    // Not more than a day before the day of the commit in UTC.
    static domain::Date day_of(const Home& home, const domain::BudgetId& id,
                               const Written& written) {
        const auto told = home.days.find(id);
        const auto floor = yesterday(written);
        return told == home.days.end() ? floor : std::max(floor, told->second);
    }
    // Without what the period before handed on.
    static std::int64_t had(const domain::budget::Budget& budget, domain::Date start) {
        std::int64_t limit = budget.limits.begin()->second.minor;
        for (const auto& [from, told] : budget.limits) {
            if (from <= start) limit = told.minor;
        }
        if (budget.adjustments.contains(start)) limit += budget.adjustments.at(start).minor;
        if (!budget.funds.contains(start)) return limit;
        for (const auto& transfer : budget.funds.at(start)) limit += transfer.minor;
        return limit;
    }
    void judge(Home& home, const Situation& now, const domain::budget::Threshold& threshold,
               const Written& written) {
        const auto& budget = home.budgets.at(now.budget);
        const auto limit = now.limit;
        const auto number = threshold.basis == domain::budget::Basis::forecast
                                ? naive_projection(budget.period, now.start, now.spent, now.as_of)
                                : now.spent;
        const bool reached =
            number > 0 && (threshold.percent ? number * 100 >= limit * *threshold.percent
                                             : number >= *threshold.amount_minor);
        auto& crossing = home.crossings[now.budget][{now.start, threshold.id, now.member}];
        if (reached == crossing.above || (reached && now.is_ahead)) return;
        crossing.above = reached;
        if (reached && now.fires) {
            auto name = now.start.text() + ":" + std::to_string(++crossing.fired);
            if (now.member != domain::MemberId{}) name += ":" + now.member.text();
            const domain::AlertId id{platform::uuid_of_name(threshold.id.value, name)};
            crossing.open = id;
            ++raised_;
            home.alerts[id] = {now.budget,
                               now.budget.value.text() + "|" + threshold.id.value.text() + "|" +
                                   now.start.text() + "|" + std::to_string(crossing.fired) + "|" +
                                   std::to_string(now.spent) + "|" + std::to_string(limit),
                               "raised", written.position.offset};
            crossing.is_untold = budget.muted && (!budget.muted_until ||
                                                  written.meta.decided_at < *budget.muted_until);
            if (!crossing.is_untold) outbox_.insert(id.value.text() + " raised");
        }
        if (!reached && crossing.open) {
            home.alerts.at(*crossing.open).state = "resolved";
            if (!crossing.is_untold) outbox_.insert(crossing.open->value.text() + " resolved");
            crossing.open.reset();
        }
    }

    std::map<domain::WorkspaceId, Home> homes_;
    std::set<std::string> outbox_;
    std::size_t raised_ = 0;
};

}  // namespace outlay::tests
