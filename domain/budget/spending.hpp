// Does an expense count for a budget, and which thresholds does a sum reach? Pure; any thread.
#pragma once

#include "domain/budget/state.hpp"
#include "domain/categories/state.hpp"
#include "domain/expense/postings.hpp"

namespace outlay::domain::budget {

// What of an expense and its refunds counts, and in which period.
struct Counted {
    Period period;
    expense::Posting posting;
};
// Empty if the expense does not count as spent, does not match the scope, or is in another
// currency. Expense and refunds count each on a day of its own, if that day has a period.
std::vector<Counted> counted(const Budget& budget, const expense::Expense& expense,
                             const categories::Tree& tree);
// Same without looking at the currency: what is excluded for its currency only.
bool in_scope(const Scope& scope, const expense::Expense& expense, const categories::Tree& tree);

enum class UsageState { within, reached, exceeded };  // below, at, above
// Where a number stands: number * 100 against percent * limit, or number against the amount. A
// number <= 0 is within. No overflow: 128-bit products.
UsageState state_of(const Threshold& threshold, std::int64_t number_minor,
                    std::int64_t limit_minor);

// The run rate to the end of the period, as of a local day:
//     spent * days of the period / days of the period up to and including `as_of`
// rounded half up to a minor unit, and at most what 64 bits hold. What is spent itself when that is
// not above 0, when the period has ended, and when it has not begun.
std::int64_t projected_minor(std::int64_t spent_minor, const Period& period, Date as_of);

// The number that a threshold watches.
std::int64_t watched_minor(const Threshold& threshold, std::int64_t spent_minor,
                           const Period& period, Date as_of);

UsageState usage_state(std::int64_t spent_minor, std::int64_t limit_minor);

}  // namespace outlay::domain::budget
