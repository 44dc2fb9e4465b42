// Counts a budget from the expense rows of its workspace: one aggregate query, for a new budget, a
// changed scope or a moved category. Confined to the session's thread.
#pragma once

#include <vector>

#include "workers/projections/budget_usage.hpp"

namespace outlay::workers::budget_usage {

// A cell without threshold states for every period that has expenses. Other currencies than the
// budget's are left out.
sql::Result<std::vector<Cell>> count_expenses(sql::Session& session, const BudgetKey& key,
                                              const domain::budget::Budget& budget,
                                              const domain::categories::Tree& tree);

}  // namespace outlay::workers::budget_usage
