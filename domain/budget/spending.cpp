// Scope and thresholds against an expense and a sum.
#include "domain/budget/spending.hpp"

#include <algorithm>
#include <limits>

#include "domain/values/check.hpp"

namespace outlay::domain::budget {

namespace {

// Products of two int64 need it; the language standard has no name for it.
__extension__ using Wide = __int128;

UsageState compared(Wide number, Wide bound) {
    if (number < bound) return UsageState::within;
    return number == bound ? UsageState::reached : UsageState::exceeded;
}

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

std::vector<Counted> counted(const Budget& budget, const expense::Expense& expense,
                             const categories::Tree& tree) {
    std::vector<Counted> found;
    const bool is_in_currency =
        budget.currency && expense.amount && expense.amount->currency == *budget.currency;
    if (!is_in_currency || !in_scope(budget.scope, expense, tree)) return found;
    for (const auto& posting : postings(expense)) {
        if (const auto period = period_at(budget.period, posting.day))
            found.push_back({*period, posting});
    }
    return found;
}

UsageState state_of(const Threshold& threshold, std::int64_t number_minor,
                    std::int64_t limit_minor) {
    if (number_minor <= 0) return UsageState::within;
    if (threshold.percent)
        return compared(Wide{number_minor} * 100, Wide{limit_minor} * *threshold.percent);
    CHECK(threshold.amount_minor.has_value(), "a threshold without percent and amount");
    return compared(number_minor, *threshold.amount_minor);
}

std::int64_t projected_minor(std::int64_t spent_minor, const Period& period, Date as_of) {
    if (spent_minor <= 0 || as_of < period.start || as_of >= period.end) return spent_minor;
    const Wide elapsed = (as_of.days() - period.start.days()).count() + 1;
    const Wide length = (period.end.days() - period.start.days()).count() + 1;
    const Wide projected = (2 * Wide{spent_minor} * length + elapsed) / (2 * elapsed);
    constexpr Wide most = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::min(projected, most));
}

std::int64_t watched_minor(const Threshold& threshold, std::int64_t spent_minor,
                           const Period& period, Date as_of) {
    return threshold.is_forecast() ? projected_minor(spent_minor, period, as_of) : spent_minor;
}

UsageState usage_state(std::int64_t spent_minor, std::int64_t limit_minor) {
    return spent_minor <= 0 ? UsageState::within : compared(spent_minor, limit_minor);
}

}  // namespace outlay::domain::budget
