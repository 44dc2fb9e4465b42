// The list of projections.
#include "workers/projection.hpp"

#include <array>

#include "workers/projections/budgets.hpp"
#include "workers/projections/categories.hpp"
#include "workers/projections/expenses.hpp"
#include "workers/projections/members.hpp"
#include "workers/projections/spending.hpp"
#include "workers/projections/workspaces.hpp"

namespace outlay::workers {

std::span<const Projection> projections() {
    static constexpr std::array<Projection, 6> all{workspaces::project, members::project,
                                                   categories::project, expenses::project,
                                                   spending::project,   budgets::project};
    return all;
}

}  // namespace outlay::workers
