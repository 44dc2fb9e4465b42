// Commands of a budget and the rules that answer them.
#pragma once

#include <vector>

#include "domain/budget/state.hpp"
#include "domain/categories/state.hpp"
#include "domain/values/refusal.hpp"
#include "domain/workspace/state.hpp"

namespace outlay::domain::budget {

using Events = std::vector<Event>;

inline constexpr std::size_t thresholds_max = 10;
inline constexpr std::size_t scope_entries_max = 100;  // per list

struct Surroundings {
    const workspace::Workspace& workspace;
    const categories::Tree& categories;
};

struct NewThreshold {
    std::optional<int> percent{};
    std::optional<std::int64_t> amount_minor{};
    std::optional<Currency> currency{};  // of the amount, if it was told; must be the budget's
};
struct CreateBudget {  // thresholds take the derived ids 1, 2, ...; the budget itself is index 0
    std::string name;
    Scope scope{};
    Money limit;
    PeriodRule period;
    std::vector<NewThreshold> thresholds{};
};
// What PATCH asks; unset: unchanged. Thresholds are given as the whole wished list: equal ones stay
// (and keep their identity and alerts), missing ones are removed, new ones are added.
struct EditBudget {
    std::optional<std::string> name{};
    std::optional<Money> limit{};
    std::optional<Date> limit_from{};  // first period is the one that contains it; default: today
    std::optional<Scope> scope{};
    std::optional<std::vector<NewThreshold>> thresholds{};
};
struct ArchiveBudget {};
struct RestoreBudget {};
struct AcknowledgeAlert {
    AlertId alert;
};

Decision<Events> decide(const Budget&, const CreateBudget&, const Surroundings&, const Context&);
Decision<Events> decide(const Budget&, const EditBudget&, const Surroundings&, const Context&);
Decision<Events> decide(const Budget&, const ArchiveBudget&, const Context&);
Decision<Events> decide(const Budget&, const RestoreBudget&, const Context&);
Decision<Events> decide(const Budget&, const AcknowledgeAlert&, const Context&);

}  // namespace outlay::domain::budget
