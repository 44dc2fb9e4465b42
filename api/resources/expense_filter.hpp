// Which expenses a list or an export is about, and in which order: query parameters become SQL
// conditions over read.expenses e. Values; confined to one request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/resources/page.hpp"
#include "domain/budget/events.hpp"
#include "platform/stored_instant.hpp"

namespace outlay::api {

struct ExpenseSort {
    std::string_view name;    // as in ?sort=
    std::string_view column;  // of read.expenses
    std::size_t view_column;  // where expense_columns has it
    bool is_number = false;
};

struct ExpenseQuery {
    Conditions conditions;
    const ExpenseSort* sort = nullptr;
    bool is_descending = true;

    std::string order() const;
    // Restricts to the rows after the one whose sort value and id are given.
    void start_after(const std::vector<std::string>& row);
};

// The condition "in one of these categories or below"; $1 is the workspace.
std::string in_categories(Conditions& where, const std::vector<domain::CategoryId>& ids,
                          std::string_view column);
template <typename AnyId>
std::string bind_ids(Conditions& where, const std::vector<AnyId>& ids) {
    return where.bind_all(ids, [](const AnyId& id) { return id.value.text(); });
}

using sql::stored_instant;
// The parameters `name`, `name[gte]`, ... as conditions on a column.
void filter_instants(QueryReader& query, Conditions& where, const std::string& name,
                     const std::string& column);
// The same of days.
void filter_days(QueryReader& query, Conditions& where, const std::string& name,
                 const std::string& column);
// What matches the scope of a budget, in whatever currency, among read.expenses e or
// read.spending e; $1 is the workspace.
void add_scope(Conditions& where, const domain::budget::Scope& scope);

// The query parameters of the filters.
inline constexpr std::string_view expense_filters =
    "spent_on,spent_on[gte],spent_on[gt],spent_on[lte],spent_on[lt],"
    "refund_counts_on,refund_counts_on[gte],refund_counts_on[gt],refund_counts_on[lte],"
    "refund_counts_on[lt],"
    "created_at,created_at[gte],created_at[gt],created_at[lte],created_at[lt],"
    "amount,amount[gte],amount[gt],amount[lte],amount[lt],"
    "currency,category,merchant,tag,member,state";

// Reads every filter and the sort; errors are left in `query`.
ExpenseQuery read_expense_query(const domain::WorkspaceId& workspace, QueryReader& query);

}  // namespace outlay::api
