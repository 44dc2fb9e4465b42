// Scope and thresholds against an expense and a sum.
#include "domain/budget/spending.hpp"

#include <algorithm>

namespace outlay::domain::budget {

namespace {

// Products of two int64 need it; the language standard has no name for it.
__extension__ using Wide = __int128;

template <typename T>
bool lists(const std::vector<T>& entries, const T& wanted) {
    return std::ranges::find(entries, wanted) != entries.end();
}

bool matches_categories(const Scope& scope, const expense::Expense& expense,
                        const categories::Tree& tree) {
    if (scope.categories.empty()) return true;
    return expense.category &&
           std::ranges::any_of(scope.categories, [&](const CategoryId& category) {
               return tree.within(*expense.category, category);
           });
}

bool matches_merchants(const Scope& scope, const expense::Expense& expense) {
    return scope.merchants.empty() ||
           (expense.merchant && lists(scope.merchants, *expense.merchant));
}

bool matches_tags(const Scope& scope, const expense::Expense& expense) {
    return scope.tags.empty() || std::ranges::any_of(expense.tags, [&](const std::string& tag) {
               return lists(scope.tags, tag);
           });
}

}  // namespace

bool in_scope(const Scope& scope, const expense::Expense& expense, const categories::Tree& tree) {
    const bool matches_members = scope.members.empty() || lists(scope.members, expense.member);
    return expense.counts() && matches_members && matches_merchants(scope, expense) &&
           matches_tags(scope, expense) && matches_categories(scope, expense, tree);
}

bool counts(const Budget& budget, const expense::Expense& expense, const categories::Tree& tree) {
    return budget.currency && expense.amount && expense.amount->currency == *budget.currency &&
           in_scope(budget.scope, expense, tree);
}

bool is_reached(const Threshold& threshold, std::int64_t spent_minor, std::int64_t limit_minor) {
    if (spent_minor <= 0) return false;
    if (threshold.percent) return Wide{spent_minor} * 100 >= Wide{limit_minor} * *threshold.percent;
    return threshold.amount_minor && spent_minor >= *threshold.amount_minor;
}

UsageState usage_state(std::int64_t spent_minor, std::int64_t limit_minor) {
    if (spent_minor <= 0 || spent_minor < limit_minor) return UsageState::within;
    return spent_minor == limit_minor ? UsageState::reached : UsageState::exceeded;
}

}  // namespace outlay::domain::budget
