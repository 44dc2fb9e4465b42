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

namespace {

constexpr std::array<const sql::Table*, 19> all_tables{&journal::tables::commits,
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

// Which of them belong together, in their order.
struct Group {
    std::string_view name;
    std::size_t tables;
};
constexpr std::array groups{
    Group{"admission", 4},    Group{"workspaces", 1}, Group{"members", 1},  Group{"categories", 1},
    Group{"expenses", 2},     Group{"refunds", 1},    Group{"spending", 3}, Group{"budgets", 1},
    Group{"budget_usage", 3}, Group{"alerts", 1},     Group{"channels", 1}};

}  // namespace

std::span<const sql::Table* const> generation_tables() {
    return all_tables;
}

std::span<const sql::Table* const> tables_of(std::string_view projection) {
    std::size_t first = 0;
    for (const auto& group : groups) {
        if (group.name == projection) return std::span(all_tables).subspan(first, group.tables);
        first += group.tables;
    }
    CHECK(first == all_tables.size(), "a table belongs to no projection");
    return {};
}

std::vector<std::string> projection_names() {
    std::vector<std::string> names;
    for (const auto& group : groups) names.emplace_back(group.name);
    return names;
}

}  // namespace outlay::workers
