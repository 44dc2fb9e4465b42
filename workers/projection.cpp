// The list of projections.
#include "workers/projection.hpp"

#include <array>

#include "journal/tables.hpp"
#include "workers/projections/alerts.hpp"
#include "workers/projections/budget_usage.hpp"
#include "workers/projections/budgets.hpp"
#include "workers/projections/categories.hpp"
#include "workers/projections/channels.hpp"
#include "workers/projections/expenses.hpp"
#include "workers/projections/members.hpp"
#include "workers/projections/refunds.hpp"
#include "workers/projections/spending.hpp"
#include "workers/projections/workspaces.hpp"

namespace outlay::workers {

std::span<const Projection> projections() {
    static constexpr std::array<Projection, 8> all{
        workspaces::project, members::project,  categories::project, expenses::project,
        refunds::project,    spending::project, budgets::project,    channels::project};
    return all;
}

std::span<const sql::Table* const> generation_tables() {
    static constexpr std::array<const sql::Table*, 19> all{&journal::tables::commits,
                                                           &journal::tables::events,
                                                           &journal::tables::rejections,
                                                           &journal::tables::gates,
                                                           &workspaces::table,
                                                           &members::table,
                                                           &categories::table,
                                                           &expenses::table,
                                                           &expenses::tags_table,
                                                           &refunds::table,
                                                           &spending::table,
                                                           &spending::merchants_table,
                                                           &spending::tags_table,
                                                           &budgets::table,
                                                           &budget_usage::table,
                                                           &budget_usage::members_table,
                                                           &budget_usage::thresholds_table,
                                                           &alerts::table,
                                                           &channels::table};
    return all;
}

}  // namespace outlay::workers
