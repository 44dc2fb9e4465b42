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

// Exactly one of percent and amount is set.
struct Threshold {
    ThresholdId id;
    std::optional<int> percent{};                // of the limit, 1 to 1000
    std::optional<std::int64_t> amount_minor{};  // in the budget's currency, above 0
    bool operator==(const Threshold&) const = default;
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
struct BudgetLimitRevised {  // holds from the period that starts on `from`
    Date from;
    std::int64_t old_minor = 0;
    std::int64_t new_minor = 0;
    Date today;
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

using Event =
    std::variant<BudgetCreated, BudgetRenamed, BudgetLimitRevised, ThresholdAdded, ThresholdRemoved,
                 BudgetScopeChanged, BudgetArchived, BudgetRestored, AlertAcknowledged>;

}  // namespace outlay::domain::budget
