// Cells of the spending report. A cell that was ever touched stays, with zeros, so that rows do not
// depend on batching.
#include "workers/projections/spending.hpp"

#include "domain/expense/postings.hpp"
#include "workers/cells.hpp"

namespace outlay::workers::spending {

namespace {

using domain::expense::Expense;

void add_cells(const domain::WorkspaceId& workspace, const Expense& expense, std::int64_t sign,
               RowChanges& changes) {
    for (const auto& posting : domain::expense::postings(expense)) {
        const auto ws = cell(workspace);
        const auto day = cell(posting.day);
        const auto currency = cell(expense.amount->currency);
        const auto amount = cell(sign * posting.minor);
        const auto count = cell(sign * posting.count);
        const auto category = cell(expense.category.value_or(domain::CategoryId{}));
        changes.add(table, {ws, day, category, cell(expense.member), currency, amount, count});
        changes.add(merchants_table,
                    {ws, day, cell(expense.merchant.value_or("")), currency, amount, count});
        if (expense.tags.empty())
            changes.add(tags_table, {ws, day, cell(""), currency, amount, count});
        for (const auto& tag : expense.tags) {
            changes.add(tags_table, {ws, day, cell(tag), currency, amount, count});
        }
    }
}

}  // namespace

void project(const Fact& fact, RowChanges& changes) {
    const auto* before = std::get_if<Expense>(fact.before.get());
    const auto* after = std::get_if<Expense>(fact.after.get());
    if (before == nullptr || after == nullptr) return;
    add_cells(fact.workspace, *before, -1, changes);
    add_cells(fact.workspace, *after, 1, changes);
}

}  // namespace outlay::workers::spending
