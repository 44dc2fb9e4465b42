// Does an expense count for a budget, and which thresholds does a sum reach? Pure; any thread.
#pragma once

#include "domain/budget/state.hpp"
#include "domain/categories/state.hpp"
#include "domain/expense/state.hpp"

namespace outlay::domain::budget {

// True if the expense counts as spent, matches the scope, and is in the budget's currency.
bool counts(const Budget& budget, const expense::Expense& expense, const categories::Tree& tree);
// Same without looking at the currency: what is excluded for its currency only.
bool in_scope(const Scope& scope, const expense::Expense& expense, const categories::Tree& tree);
// spent * 100 >= percent * limit, or spent >= amount; never for spent <= 0. No overflow: 128-bit
// products.
bool is_reached(const Threshold& threshold, std::int64_t spent_minor, std::int64_t limit_minor);

enum class UsageState { within, reached, exceeded };  // below, at, above the limit
UsageState usage_state(std::int64_t spent_minor, std::int64_t limit_minor);

}  // namespace outlay::domain::budget
