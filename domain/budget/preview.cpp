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

    void spend(const DaySpent& day) {
        spent_.minor += day.minor;
        for (const auto& [member, minor] : day.members) spent_.members[member] += minor;
    }
    void look(Date day, std::vector<Warning>& warnings) {
        for (std::size_t at = 0; at < budget_.thresholds.size(); ++at) {
            if (!budget_.thresholds[at].is_per_member()) {
                judge({at, std::nullopt}, spent_.minor, day, warnings);
                continue;
            }
            for (const auto& [member, minor] : spent_.members)
                judge({at, member}, minor, day, warnings);
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
            if (found != daily.end()) course.spend(found->second);
            course.look(*day, warnings);
        }
        walk.spend(course.spent_minor());
        if (warnings.size() > most) break;
    }
    if (warnings.size() > most) warnings.resize(most + 1);
    return warnings;
}

}  // namespace outlay::domain::budget
