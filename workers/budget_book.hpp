// The budgets of one workspace and the category tree that their scopes speak of, as of a position
// of the log. A copy is cheap: states are shared. Confined to one thread.
#pragma once

#include <map>
#include <span>

#include "domain/aggregate.hpp"
#include "platform/sql.hpp"
#include "workers/fact.hpp"

namespace outlay::workers {

struct BudgetBook {
    std::map<domain::BudgetId, SharedState> budgets;  // archived ones too
    SharedState tree;

    const domain::budget::Budget& budget(const domain::BudgetId& id) const;
    const domain::categories::Tree& categories() const;
    // Takes over the state after a fact about a budget or the tree.
    void apply(const Fact& fact);
};

using BudgetBooks = std::map<domain::WorkspaceId, BudgetBook>;

// Reads the books of these workspaces from the session's snapshot, set-based.
sql::Result<BudgetBooks> load_books(sql::Session& session,
                                    std::span<const domain::WorkspaceId> workspaces);

}  // namespace outlay::workers
