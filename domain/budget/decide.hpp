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
    Basis basis = Basis::actual;
    Per per = Per::budget;
};
struct NewRollover {
    Carry carry = Carry::none;
    std::optional<Money> cap{};  // of `capped`, and only of it
};
struct CreateBudget {  // thresholds take the derived ids 1, 2, ...; the budget itself is index 0
    std::string name;
    Scope scope{};
    Money limit;
    PeriodRule period;
    std::vector<NewThreshold> thresholds{};
    // The workspace's calendar says where periods begin; it is not asked again later.
    bool anchor_is_left = false;
    std::optional<NewRollover> rollover{};
    std::optional<Date>
        rollover_from{};  // first period is the one that contains it; default: today
};
// What PATCH asks; unset: unchanged. Thresholds are given as the whole wished list: equal ones stay
// (and keep their identity and alerts), missing ones are removed, new ones are added.
struct EditBudget {
    std::optional<std::string> name{};
    std::optional<Money> limit{};
    std::optional<Date> limit_from{};  // first period is the one that contains it; default: today
    std::optional<FreeText> reason{};  // of the limit; a period that has ended needs one
    std::optional<Scope> scope{};
    std::optional<std::vector<NewThreshold>> thresholds{};
    std::optional<NewRollover> rollover{};
    std::optional<Date> rollover_from{};  // first period that hands on by it; default: today's
};
struct ArchiveBudget {};
struct RestoreBudget {};
struct PauseBudget {};
struct ResumeBudget {};
struct MuteBudget {
    std::optional<Instant> until{};  // after now; empty: for good
};
struct UnmuteBudget {};
struct AcknowledgeAlert {
    AlertId alert;
};
struct SnoozeAlert {
    AlertId alert;
    Instant until;  // after now
};
// Sets how much one period's limit differs from the planned one; zero takes the adjustment back.
struct AdjustPeriod {
    Date day;  // any day of the period
    Money amount;
    std::optional<FreeText> reason{};
};
// Moves a part of one budget's limit to another's, in the periods that contain the day.
struct MoveFunds {
    BudgetId from;
    BudgetId to;
    Date day;
    Money amount;
    std::optional<FreeText> reason{};
};
// The scheduler's: the local day of the workspace has changed.
struct PassDay {
    bool begins = false;  // a period that was above before it began has begun
};

Decision<Events> decide(const Budget&, const CreateBudget&, const Surroundings&, const Context&);
Decision<Events> decide(const Budget&, const EditBudget&, const Surroundings&, const Context&);
Decision<Events> decide(const Budget&, const ArchiveBudget&, const Context&);
Decision<Events> decide(const Budget&, const RestoreBudget&, const Context&);
Decision<Events> decide(const Budget&, const PauseBudget&, const Context&);
Decision<Events> decide(const Budget&, const ResumeBudget&, const Context&);
Decision<Events> decide(const Budget&, const MuteBudget&, const Context&);
Decision<Events> decide(const Budget&, const UnmuteBudget&, const Context&);
Decision<Events> decide(const Budget&, const AcknowledgeAlert&, const Context&);
Decision<Events> decide(const Budget&, const SnoozeAlert&, const Context&);
Decision<Events> decide(const Budget&, const AdjustPeriod&, const Context&);
// Nothing to do, unless the budget has forecast thresholds or such a period, and is not silent.
Decision<Events> decide(const Budget&, const PassDay&, const Context&);

struct FundsMoved {
    BudgetFundsMoved from;  // an event of the source
    BudgetFundsMoved to;
};
Decision<FundsMoved> decide(const Budget& from, const Budget& to, const MoveFunds&, const Context&);

}  // namespace outlay::domain::budget
