// The course of each period, day by day.
#include "domain/budget/preview.hpp"

#include <algorithm>
#include <set>

#include "domain/budget/rollover.hpp"

namespace outlay::domain::budget {

namespace {

// One period as it goes by.
class Course {
public:
    Course(const Budget& budget, const Period& period, std::int64_t limit_minor)
        : budget_(budget), period_(period), limit_minor_(limit_minor) {}

    // A day and what was spent on it.
    void pass(Date day, const DaySpent& spent, std::vector<Warning>& warnings) {
        spent_.minor += spent.minor;
        for (const auto& [member, minor] : spent.members) spent_.members[member] += minor;
        for (std::size_t at = 0; at < budget_.thresholds.size(); ++at) {
            const auto& threshold = budget_.thresholds[at];
            if (!threshold.is_per_member()) {
                judge({at, std::nullopt}, spent_.minor, day, warnings);
                continue;
            }
            // What somebody's spending comes to changes with every day, what was spent does not.
            const auto& moved = threshold.is_forecast() ? spent_.members : spent.members;
            for (const auto& [member, minor] : moved)
                judge({at, member}, spent_.members.at(member), day, warnings);
        }
    }
    std::int64_t spent_minor() const { return spent_.minor; }

private:
    using Watch = std::pair<std::size_t, std::optional<MemberId>>;

    void judge(const Watch& watch, std::int64_t spent, Date day, std::vector<Warning>& warnings) {
        const auto& threshold = budget_.thresholds[watch.first];
        const auto number = watched_minor(threshold, spent, period_, day);
        const auto level = state_of(threshold, number, limit_minor_);
        if (level == UsageState::within) {
            above_.erase(watch);
            return;
        }
        if (!above_.insert(watch).second) return;
        warnings.push_back(
            {period_, watch.first, watch.second, day, spent, number, limit_minor_, level});
    }

    const Budget& budget_;
    Period period_;
    std::int64_t limit_minor_;
    DaySpent spent_;
    std::set<Watch> above_;
};

// A forecast changes from day to day; without one, only days with spending make a difference.
std::optional<Date> next_day(const Budget& budget, const DailySpending& daily, Date day,
                             Date last) {
    auto next = day.plus_days(1);
    if (!budget.has_forecast()) {
        const auto found = daily.upper_bound(day);
        if (found == daily.end()) return std::nullopt;
        next = found->first;
    }
    return next <= last ? std::optional(next) : std::nullopt;
}

}  // namespace

std::int64_t looks_of(const Budget& budget, const DailySpending& daily, const Period& range) {
    std::set<MemberId> members;
    std::int64_t entries = 0;  // of a member on a day
    for (const auto& [day, spent] : daily) {
        for (const auto& [member, minor] : spent.members) members.insert(member);
        entries += std::ssize(spent.members);
    }
    const std::int64_t days = (range.end.days() - range.start.days()).count() + 1;
    std::int64_t looks = 0;
    for (const auto& threshold : budget.thresholds) {
        if (!threshold.is_per_member())
            looks += days;
        else
            looks += threshold.is_forecast() ? days * std::ssize(members) : entries;
    }
    return looks;
}

std::vector<Warning> warnings_over(const Budget& budget, const DailySpending& daily,
                                   const Period& range, std::size_t most) {
    std::vector<Warning> warnings;
    CarryWalk walk(budget);
    auto period = first_period(budget.period, range.start);
    for (; period && period->start <= range.end; period = next_period(budget.period, *period)) {
        Course course(budget, *period, budget.limit_minor(*period, walk.into(*period)));
        const auto last = std::min(period->end, range.end);
        for (std::optional<Date> day = period->start; day;
             day = next_day(budget, daily, *day, last)) {
            const auto found = daily.find(*day);
            course.pass(*day, found == daily.end() ? DaySpent{} : found->second, warnings);
        }
        walk.spend(course.spent_minor());
        if (warnings.size() > most) break;
    }
    if (warnings.size() > most) warnings.resize(most + 1);
    return warnings;
}

}  // namespace outlay::domain::budget
