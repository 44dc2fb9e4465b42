// The state of one budget. Values; any thread.
#pragma once

#include <map>
#include <set>

#include "domain/budget/events.hpp"

namespace outlay::domain::budget {

struct Budget {
    bool exists = false;
    bool archived = false;
    std::string name;
    Scope scope;
    std::optional<Currency> currency;
    PeriodRule period;
    // Limit in minor units from the period start on. The first entry is from `earliest_day`; a
    // revision replaces all that was planned from its day on.
    std::map<Date, std::int64_t> limits;
    std::vector<Threshold> thresholds;
    std::set<AlertId> acknowledged;
    Instant created_at;
    Instant updated_at;
    bool operator==(const Budget&) const = default;

    std::int64_t limit_minor(const Period& when) const;
};

void evolve(Budget& state, const Event& event, const EventMeta& meta);

}  // namespace outlay::domain::budget
