// Loading and counting the cells of budgets.
#include "workers/projections/budget_usage.hpp"

#include "domain/values/money.hpp"
#include "workers/cells.hpp"
#include "workers/projections/budget_recount.hpp"

namespace outlay::workers::budget_usage {

namespace {

using domain::budget::PeriodRule;

// The same tables, looked up by the first columns of their keys.
constexpr sql::Table thresholds_by_period{"read.threshold_states", threshold_columns, 3};
constexpr sql::Table members_by_period{"read.budget_member_usage", member_columns, 3};
constexpr sql::Table members_by_budget{"read.budget_member_usage", member_columns, 2};
constexpr sql::Table usage_by_budget{"read.budget_usage", columns, 2};
constexpr sql::Table thresholds_by_budget{"read.threshold_states", threshold_columns, 2};

sql::Status overflow() {
    return domain::Fail{sql::Error{sql::ErrorKind::failed, "the usage of a budget left 64 bits"}};
}

}  // namespace

Row row_of(const BudgetKey& key, const Cell& usage) {
    return {cell(key.workspace),    cell(key.budget),        cell(usage.period.start),
            cell(usage.period.end), cell(usage.spent_minor), cell(usage.expense_count)};
}

Row member_row_of(const BudgetKey& key, domain::Date period_start, const domain::MemberId& member,
                  const Spent& spent) {
    return {cell(key.workspace), cell(key.budget),  cell(period_start),
            cell(member),        cell(spent.minor), cell(spent.count)};
}

Ledger::Missing Ledger::make_missing(const std::vector<Place>& places) {
    Missing keys;
    for (const auto& place : places) {
        auto& pages = budgets_[place.key];
        const bool is_new =
            pages.cells.try_emplace(place.period.start, Cell{place.period, 0, 0, {}}).second;
        if (!is_new || pages.is_whole) continue;
        const std::array place_key{cell(place.key.workspace), cell(place.key.budget),
                                   cell(place.period.start)};
        keys.all.insert(keys.all.end(), place_key.begin(), place_key.end());
        if (!place.has_members) continue;
        keys.with_members.insert(keys.with_members.end(), place_key.begin(), place_key.end());
    }
    return keys;
}

sql::Status Ledger::load(const std::vector<Place>& places) {
    const auto keys = make_missing(places);
    if (keys.all.empty()) return domain::Done{};
    auto done = read_usage(table, keys.all, nullptr);
    if (done.ok() && !keys.with_members.empty())
        done = read_members(members_by_period, keys.with_members, nullptr);
    return done.ok() ? read_thresholds(thresholds_by_period, keys.all, nullptr) : done;
}

sql::Status Ledger::load_whole(const BudgetKey& key, const PeriodRule& rule) {
    if (const auto flushed = changes_.flush(session_); !flushed.ok()) return flushed;
    return load_all({{key, rule}});
}

sql::Status Ledger::load_all(const Rules& budgets) {
    if (budgets.empty()) return domain::Done{};
    std::vector<sql::Value> keys;
    for (const auto& [key, rule] : budgets) {
        budgets_[key] = Pages{{}, true};
        keys.push_back(cell(key.workspace));
        keys.push_back(cell(key.budget));
    }
    auto done = read_usage(usage_by_budget, keys, &budgets);
    if (done.ok()) done = read_members(members_by_budget, keys, &budgets);
    return done.ok() ? read_thresholds(thresholds_by_budget, keys, &budgets) : done;
}

sql::Status Ledger::recount(const BudgetKey& key, const domain::budget::Budget& budget,
                            const domain::categories::Tree& tree) {
    if (const auto flushed = changes_.flush(session_); !flushed.ok()) return flushed;
    const auto counted = count_expenses(session_, key, budget, tree);
    if (!counted.ok()) return domain::Fail{counted.error()};
    const std::array parameters{cell(key.workspace), cell(key.budget)};
    for (const std::string_view counted_by : {"read.budget_usage", "read.budget_member_usage"}) {
        const auto removed = session_.execute(
            "DELETE FROM " + std::string(counted_by) + " WHERE workspace = $1 AND budget = $2",
            parameters);
        if (!removed.ok()) return domain::Fail{removed.error()};
    }
    for (const auto& usage : *counted) {
        changes_.put(table, row_of(key, usage));
        for (const auto& [member, spent] : usage.members)
            changes_.put(members_table, member_row_of(key, usage.period.start, member, spent));
    }
    return load_whole(key, budget.period);
}

Cell& Ledger::cell_of_row(const sql::Rows& rows, std::size_t row, const Rules* rules) {
    const BudgetKey key{{rows.uuid(row, 0)}, {rows.uuid(row, 1)}};
    auto& pages = budgets_[key];
    const auto start = day_of(rows.text(row, 2));
    const auto found = pages.cells.find(start);
    if (found != pages.cells.end()) return found->second;
    CHECK(rules != nullptr, "a look-up by period answers with that period");
    const auto period = period_of(rules->at(key), start);
    return pages.cells.try_emplace(start, Cell{period, 0, 0, {}}).first->second;
}

sql::Status Ledger::read_usage(const sql::Table& by, std::span<const sql::Value> keys,
                               const Rules* rules) {
    constexpr std::array<std::string_view, 5> wanted{"workspace", "budget", "period_start",
                                                     "spent_minor", "expense_count"};
    const auto rows = session_.find(by, wanted, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        auto& usage = cell_of_row(*rows, row, rules);
        usage.spent_minor = rows->integer(row, 3);
        usage.expense_count = rows->integer(row, 4);
    }
    return domain::Done{};
}

sql::Status Ledger::read_members(const sql::Table& by, std::span<const sql::Value> keys,
                                 const Rules* rules) {
    constexpr std::array<std::string_view, 6> wanted{"workspace", "budget",      "period_start",
                                                     "member",    "spent_minor", "expense_count"};
    const auto rows = session_.find(by, wanted, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        cell_of_row(*rows, row, rules).members[{rows->uuid(row, 3)}] = {rows->integer(row, 4),
                                                                        rows->integer(row, 5)};
    }
    return domain::Done{};
}

sql::Status Ledger::read_thresholds(const sql::Table& by, std::span<const sql::Value> keys,
                                    const Rules* rules) {
    constexpr std::array<std::string_view, 10> wanted{
        "workspace", "budget",    "period_start", "threshold", "member",
        "above",     "crossings", "alert",        "muted",     "held"};
    const auto rows = session_.find(by, wanted, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        auto& state =
            cell_of_row(*rows, row, rules).thresholds[{{rows->uuid(row, 3)}, {rows->uuid(row, 4)}}];
        state.above = rows->integer(row, 5) != 0;
        state.crossings = rows->integer(row, 6);
        if (!rows->is_null(row, 7)) state.alert = domain::AlertId{rows->uuid(row, 7)};
        state.muted = rows->integer(row, 8) != 0;
        state.held = rows->integer(row, 9) != 0;
    }
    return domain::Done{};
}

Cell& Ledger::cell_at(const BudgetKey& key, domain::Date period_start) {
    auto& pages = budgets_[key];
    const auto found = pages.cells.find(period_start);
    CHECK(found != pages.cells.end(), "a cell was not loaded");
    return found->second;
}

sql::Status Ledger::count(const Place& place, const domain::expense::Posting& posting, int sign) {
    auto& usage = cell_at(place.key, place.period.start);
    const auto spent = domain::checked_add(usage.spent_minor, sign * posting.minor);
    if (!spent) return overflow();
    usage.spent_minor = *spent;
    usage.expense_count += sign * posting.count;
    changes_.put(table, row_of(place.key, usage));
    return domain::Done{};
}

sql::Status Ledger::count_member(const Place& place, const domain::MemberId& member,
                                 const domain::expense::Posting& posting, int sign) {
    auto& spent = cell_at(place.key, place.period.start).members[member];
    const auto sum = domain::checked_add(spent.minor, sign * posting.minor);
    if (!sum) return overflow();
    spent.minor = *sum;
    spent.count += sign * posting.count;
    changes_.put(members_table, member_row_of(place.key, place.period.start, member, spent));
    return domain::Done{};
}

}  // namespace outlay::workers::budget_usage
