// Facts of one budget. Storage format: fields are only ever added. `today` is the workspace's local
// day when the command was decided: a change of the rules fires alerts only in the period that
// contains it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/budget/period.hpp"
#include "domain/context.hpp"
#include "domain/values/money.hpp"
#include "domain/values/text.hpp"

namespace outlay::domain::budget {

// Which expenses count: those that match every list that is not empty. All lists empty: all
// spending.
struct Scope {
    std::vector<CategoryId> categories{};  // with everything below them
    std::vector<MemberId> members{};
    std::vector<std::string> merchants{};
    std::vector<std::string> tags{};  // an expense with any of them
    bool operator==(const Scope&) const = default;
    bool is_everything() const {
        return categories.empty() && members.empty() && merchants.empty() && tags.empty();
    }
};

// The number that a threshold watches: what is spent, or what it comes to at the period's end if it
// goes on as before.
enum class Basis { actual, forecast };
// Whose spending it is: everybody's together, or that of each member for itself.
enum class Per { budget, member };

// Exactly one of percent and amount is set.
struct Threshold {
    ThresholdId id;
    std::optional<int> percent{};                // of the limit, 1 to 1000
    std::optional<std::int64_t> amount_minor{};  // in the budget's currency, above 0
    std::optional<Basis> basis{};                // left out for `actual`
    std::optional<Per> per{};                    // left out for `budget`
    bool operator==(const Threshold&) const = default;
    bool is_forecast() const { return basis == Basis::forecast; }
    bool is_per_member() const { return per == Per::member; }
};

// What the end of a period hands on to the next one: nothing, what is left, what is left or was
// spent too much, or what is left up to a cap.
enum class Carry { none, unspent, unspent_and_overspend, capped };
struct Rollover {
    Carry carry = Carry::none;
    std::optional<std::int64_t> cap_minor{};  // of `capped` only
    bool operator==(const Rollover&) const = default;
};

struct BudgetCreated {
    std::string name;
    Scope scope{};
    Money limit;
    PeriodRule period;
    std::vector<Threshold> thresholds{};
    Date today;
    bool operator==(const BudgetCreated&) const = default;
};
struct BudgetRenamed {
    std::string name;
    bool operator==(const BudgetRenamed&) const = default;
};
struct BudgetLimitRevised {  // holds from the period that starts on `from` to the next revision
    Date from;
    std::int64_t old_minor = 0;
    std::int64_t new_minor = 0;
    Date today;
    std::optional<FreeText> reason{};
    bool operator==(const BudgetLimitRevised&) const = default;
};
struct ThresholdAdded {
    Threshold threshold;
    Date today;
    bool operator==(const ThresholdAdded&) const = default;
};
struct ThresholdRemoved {
    ThresholdId threshold;
    bool operator==(const ThresholdRemoved&) const = default;
};
struct BudgetScopeChanged {
    Scope before{};
    Scope after{};
    Date today;
    bool operator==(const BudgetScopeChanged&) const = default;
};
struct BudgetArchived {
    bool operator==(const BudgetArchived&) const = default;
};
struct BudgetRestored {
    Date today;
    bool operator==(const BudgetRestored&) const = default;
};
struct AlertAcknowledged {
    AlertId alert;
    bool operator==(const AlertAcknowledged&) const = default;
};
struct BudgetPaused {  // counted on, but raises nothing
    bool operator==(const BudgetPaused&) const = default;
};
struct BudgetResumed {
    Date today;
    bool operator==(const BudgetResumed&) const = default;
};
struct BudgetMuted {  // raises alerts as ever, but nobody is told; without `until` for good
    std::optional<Instant> until{};
    bool operator==(const BudgetMuted&) const = default;
};
struct BudgetUnmuted {
    bool operator==(const BudgetUnmuted&) const = default;
};
struct AlertSnoozed {
    AlertId alert;
    Instant until;
    bool operator==(const AlertSnoozed&) const = default;
};
struct BudgetPeriodAdjusted {  // one period's limit is higher or lower by so much
    Date period;               // its first day
    std::int64_t old_minor = 0;
    std::int64_t new_minor = 0;
    std::optional<FreeText> reason{};
    Date today;
    bool operator==(const BudgetPeriodAdjusted&) const = default;
};
struct BudgetFundsMoved {  // the same commit says the opposite of the other budget
    BudgetId other;
    Date period;  // the first day of this budget's period
    std::int64_t delta_minor = 0;
    Date today;
    std::optional<FreeText> reason{};
    bool operator==(const BudgetFundsMoved&) const = default;
};
// Holds for what is handed on by the period that starts on `from` and by later ones, to the next
// change.
struct BudgetRolloverChanged {
    Date from;
    Rollover before{};
    Rollover after{};
    Date today;
    bool operator==(const BudgetRolloverChanged&) const = default;
};
struct BudgetDayPassed {  // forecasts are looked at as of this local day
    Date today;
    bool operator==(const BudgetDayPassed&) const = default;
};

using Event =
    std::variant<BudgetCreated, BudgetRenamed, BudgetLimitRevised, ThresholdAdded, ThresholdRemoved,
                 BudgetScopeChanged, BudgetArchived, BudgetRestored, AlertAcknowledged,
                 BudgetPaused, BudgetResumed, BudgetMuted, BudgetUnmuted, AlertSnoozed,
                 BudgetPeriodAdjusted, BudgetFundsMoved, BudgetDayPassed, BudgetRolloverChanged>;

}  // namespace outlay::domain::budget
