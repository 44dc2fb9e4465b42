// The category that an event names, as a row.
#include "workers/projections/categories.hpp"

#include "workers/cells.hpp"

namespace outlay::workers::categories {

void project(const Fact& fact, RowChanges& changes) {
    const auto* event = std::get_if<domain::categories::Event>(&fact.event);
    const auto* tree = std::get_if<domain::categories::Tree>(fact.after.get());
    if (event == nullptr || tree == nullptr) return;
    const auto id = std::visit([](const auto& changed) { return changed.category; }, *event);
    const auto* category = tree->find(id);
    if (category == nullptr) return;
    changes.put(table, {cell(fact.workspace), cell(id), cell(category->name),
                        cell(category->parent), flag(category->archived), cell(fact.meta.version),
                        cell(category->created_at), cell(category->updated_at)});
}

}  // namespace outlay::workers::categories
