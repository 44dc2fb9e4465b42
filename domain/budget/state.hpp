// The state of one budget. Values; any thread.
#pragma once

#include <map>

#include "domain/budget/events.hpp"

namespace outlay::domain::budget {

// What people did about one alert.
struct AlertMarks {
    std::optional<Instant> acknowledged_at{};
    MemberId acknowledged_by{};
    std::optional<Instant> snoozed_until{};
    int count = 0;       // how often something was done about it
    Instant changed_at;  // when it was done last
    bool operator==(const AlertMarks&) const = default;
};

// A number of minor units and why somebody set it.
struct Figure {
    std::int64_t minor = 0;
    std::optional<FreeText> reason{};
    bool operator==(const Figure&) const = default;
};

// Funds that came from another budget, or went to it.
struct Transfer {
    BudgetId other;
    std::int64_t minor = 0;  // negative: they went
    std::optional<FreeText> reason{};
    bool operator==(const Transfer&) const = default;
};

inline std::int64_t minor_of(const Figure& figure) {
    return figure.minor;
}
std::int64_t minor_of(const std::vector<Transfer>& all);

struct Budget {
    bool exists = false;
    bool archived = false;
    bool paused = false;
    bool muted = false;
    std::optional<Instant> muted_until;  // empty while muted: for good
    std::string name;
    Scope scope;
    std::optional<Currency> currency;
    PeriodRule period;
    // The limit from the period start on, up to the next entry. The first one is from
    // `earliest_day`. Setting what holds before an entry takes the entry back.
    std::map<Date, Figure> limits;
    // What periods hand on, likewise; nothing before the first one.
    std::map<Date, Rollover> rollovers;
    std::vector<Threshold> thresholds;
    std::map<AlertId, AlertMarks> alerts;  // those that somebody did something about
    // By the first day of the period, in minor units: one-off changes of the limit, and what came
    // from other budgets or went to them.
    std::map<Date, Figure> adjustments;
    std::map<Date, std::vector<Transfer>> funds;
    Date day;  // the latest local day that an event of this budget told
    Instant created_at;
    Instant updated_at;
    bool operator==(const Budget&) const = default;

    // What may be spent in a period: the planned limit with its adjustment, moved funds and what
    // the period before handed on (see rollover.hpp), at least 0.
    std::int64_t limit_minor(const Period& when, std::int64_t carried_minor = 0) const;
    // The same sum, also where it is below 0.
    std::int64_t uncut_minor(const Period& when, std::int64_t carried_minor) const;
    std::int64_t planned_minor(const Period& when) const { return planned(when).minor; }
    const Figure& planned(const Period& when) const;
    std::int64_t adjusted_minor(const Period& when) const;
    std::int64_t moved_minor(const Period& when) const;
    Rollover rollover_of(const Period& when) const;
    bool has_rollover() const { return !rollovers.empty(); }
    // By any rule, be it that nothing is.
    bool hands_on(const Period& when) const {
        return has_rollover() && rollovers.begin()->first <= when.start;
    }
    // Raises no alerts.
    bool is_silent() const { return archived || paused; }
    bool is_muted_at(Instant at) const { return muted && (!muted_until || at < *muted_until); }
    bool has_forecast() const;
    bool has_member_thresholds() const;
    // The latest day that was told, if there are forecasts that later days make a difference to.
    std::optional<Date> forecast_day() const;
};

void evolve(Budget& state, const Event& event, const EventMeta& meta);

}  // namespace outlay::domain::budget
