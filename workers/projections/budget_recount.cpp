// The aggregate query behind a recount. It says the same as domain::budget::counted, in SQL.
#include "workers/projections/budget_recount.hpp"

#include <bit>
#include <set>
#include <string>

#include "domain/values/money.hpp"
#include "views/postings.hpp"
#include "workers/cells.hpp"

namespace outlay::workers::budget_usage {

namespace {

using domain::budget::Budget;
using domain::budget::Scope;
using domain::categories::Tree;

struct Query {
    std::string text;
    std::vector<sql::Value> parameters;

    std::string parameter(sql::Value value) {
        parameters.push_back(std::move(value));
        return "$" + std::to_string(parameters.size());
    }
    // "($4, $5)". Padded to a power of two with the last value: few different statements stay
    // prepared.
    std::string list(const std::vector<sql::Value>& values) {
        const auto wanted = std::bit_ceil(values.size());
        std::string listed;
        for (std::size_t at = 0; at < wanted; ++at) {
            listed += (at == 0 ? "(" : ", ") + parameter(values[std::min(at, values.size() - 1)]);
        }
        return listed + ")";
    }
};

std::vector<sql::Value> categories_below(const Scope& scope, const Tree& tree) {
    std::set<domain::CategoryId> all;
    for (const auto& category : scope.categories) {
        const auto below = tree.subtree(category);
        all.insert(below.begin(), below.end());
    }
    std::vector<sql::Value> cells;
    for (const auto& category : all) cells.push_back(cell(category));
    return cells;
}

template <typename T>
std::vector<sql::Value> cells_of(const std::vector<T>& entries) {
    std::vector<sql::Value> cells;
    for (const auto& entry : entries) cells.push_back(cell(entry));
    return cells;
}

// Empty when nothing can match.
std::optional<Query> query_of(const BudgetKey& key, const Budget& budget, const Tree& tree) {
    Query query;
    const auto workspace = query.parameter(cell(key.workspace));
    const auto currency = query.parameter(cell(*budget.currency));
    std::string where = " WHERE e.workspace = " + workspace +
                        " AND e.state = 'recorded' AND e.currency = " + currency;
    std::string days;
    if (const auto only = only_period(budget.period)) {
        days = " WHERE p.day >= " + query.parameter(cell(only->start)) +
               " AND p.day <= " + query.parameter(cell(only->end));
    }
    const auto& scope = budget.scope;
    if (!scope.categories.empty()) {
        const auto wanted = categories_below(scope, tree);
        if (wanted.empty()) return std::nullopt;
        where += " AND e.category IN " + query.list(wanted);
    }
    if (!scope.members.empty()) where += " AND e.member IN " + query.list(cells_of(scope.members));
    if (!scope.merchants.empty())
        where += " AND e.merchant IN " + query.list(cells_of(scope.merchants));
    if (!scope.tags.empty()) {
        where +=
            " AND EXISTS (SELECT 1 FROM read.expense_tags t WHERE t.workspace = e.workspace"
            " AND t.expense = e.id AND t.tag IN " +
            query.list(cells_of(scope.tags)) + ")";
    }
    const bool by_member = budget.has_member_thresholds();
    const std::string groups = by_member ? "p.day, p.member" : "p.day";
    query.text = "SELECT CAST(sum(p.minor) AS bigint), CAST(sum(p.expenses) AS bigint), " + groups +
                 " FROM (" + views::postings(where, workspace) + ") p" + days + " GROUP BY " +
                 groups;
    return query;
}

bool add(Spent& sum, const Spent& more) {
    const auto minor = domain::checked_add(sum.minor, more.minor);
    if (minor) sum = {*minor, sum.count + more.count};
    return minor.has_value();
}

domain::Fail<sql::Error> overflow() {
    return {{sql::ErrorKind::failed, "the usage of a budget left 64 bits"}};
}

}  // namespace

sql::Result<std::vector<Cell>> count_expenses(sql::Session& session, const BudgetKey& key,
                                              const Budget& budget, const Tree& tree) {
    const auto query = query_of(key, budget, tree);
    if (!query) return std::vector<Cell>{};
    const auto rows = session.query(query->text, query->parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::map<domain::Date, Cell> periods;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto period = period_of(budget.period, day_of(rows->text(row, 2)));
        auto& usage = periods.try_emplace(period.start, Cell{period, {}}).first->second;
        const Spent more{rows->integer(row, 0), rows->integer(row, 1)};
        if (!add(usage.all.spent, more)) return overflow();
        if (!budget.has_member_thresholds()) continue;
        if (!add(usage.members[{rows->uuid(row, 3)}].spent, more)) return overflow();
    }
    std::vector<Cell> cells;
    for (auto& [start, usage] : periods) cells.push_back(std::move(usage));
    return cells;
}

}  // namespace outlay::workers::budget_usage
