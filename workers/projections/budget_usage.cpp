// Loading and counting the cells of budgets.
#include "workers/projections/budget_usage.hpp"

#include <algorithm>
#include <utility>

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

Row row_of(const BudgetKey& key, const Cell& usage) {
    const auto& spent = usage.all.spent;
    return {cell(key.workspace),    cell(key.budget),  cell(usage.period.start),
            cell(usage.period.end), cell(spent.minor), cell(spent.count)};
}

Row member_row_of(const BudgetKey& key, domain::Date period_start, const domain::MemberId& member,
                  const Spent& spent) {
    return {cell(key.workspace), cell(key.budget),  cell(period_start),
            cell(member),        cell(spent.minor), cell(spent.count)};
}

Tally tally_of_row(std::int64_t minor, std::int64_t count) {
    return {{minor, count}, Spent{minor, count}};
}

}  // namespace

bool Cell::holds() const {
    return std::ranges::any_of(thresholds, [](const auto& entry) { return entry.second.held; });
}

std::size_t tallies_of(const Folder& folder) {
    std::size_t tallies = 0;
    for (const auto& [id, pages] : folder) tallies += pages.tallies;
    return tallies;
}

// Facts of one workspace follow each other.
Pages& Ledger::pages(const BudgetKey& key) {
    if (last_ == nullptr || last_->first != key.workspace)
        last_ = &*folders_.try_emplace(key.workspace).first;
    return last_->second[key.budget];
}

sql::Status Ledger::load(const std::vector<Place>& places) {
    Loading loading;
    std::vector<sql::Value> all;
    std::vector<sql::Value> with_members;
    for (const auto& place : places) {
        const auto& start = place.period.start;
        if (pages(place.key).cells.contains(start)) continue;
        if (!loading[place.key].try_emplace(start, Cell{place.period, {}}).second) continue;
        if (pages(place.key).is_whole) continue;
        const std::array key{cell(place.key.workspace), cell(place.key.budget), cell(start)};
        all.insert(all.end(), key.begin(), key.end());
        if (place.has_members) with_members.insert(with_members.end(), key.begin(), key.end());
    }
    sql::Status done = domain::Done{};
    if (!all.empty()) done = read_usage(table, all, nullptr, loading);
    if (done.ok() && !with_members.empty())
        done = read_members(members_by_period, with_members, nullptr, loading);
    if (done.ok() && !all.empty())
        done = read_thresholds(thresholds_by_period, all, nullptr, loading);
    if (done.ok()) keep(std::move(loading));
    return done;
}

sql::Status Ledger::load_all(const Rules& budgets) {
    Loading loading;
    std::vector<sql::Value> keys;
    for (const auto& [key, rule] : budgets) {
        if (is_whole(key)) continue;
        keys.push_back(cell(key.workspace));
        keys.push_back(cell(key.budget));
    }
    if (keys.empty()) return domain::Done{};
    auto done = read_usage(usage_by_budget, keys, &budgets, loading);
    if (done.ok()) done = read_members(members_by_budget, keys, &budgets, loading);
    if (done.ok()) done = read_thresholds(thresholds_by_budget, keys, &budgets, loading);
    if (!done.ok()) return done;
    keep(std::move(loading));
    for (const auto& [key, rule] : budgets) pages(key).is_whole = true;
    return domain::Done{};
}

// What this batch has not written yet belongs to cells that are known.
sql::Status Ledger::load_since(const BudgetKey& key, const domain::budget::Budget& budget,
                               domain::Date day) {
    if (is_whole(key)) return domain::Done{};
    const auto first = first_period(budget.period, day);
    const std::array parameters{cell(key.workspace), cell(key.budget),
                                cell(first ? first->start : day)};
    const auto rows = session_.query(
        "SELECT u.period_start FROM read.budget_usage u"
        " WHERE u.workspace = $1 AND u.budget = $2 AND u.period_start >= $3"
        " UNION SELECT t.period_start FROM read.threshold_states t"
        " WHERE t.workspace = $1 AND t.budget = $2 AND (t.period_start >= $3 OR t.held)",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<Place> places;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        places.push_back({key, period_of(budget.period, day_of(rows->text(row, 0))),
                          budget.has_member_thresholds()});
    }
    return load(places);
}

void Ledger::keep(Loading loaded) {
    for (auto& [key, cells] : loaded) {
        auto& known = pages(key);
        known.cells.merge(cells);
        known.tallies = 0;
        for (const auto& [start, usage] : known.cells) known.tallies += 1 + usage.members.size();
    }
}

sql::Status Ledger::recount(const BudgetKey& key, const domain::budget::Budget& budget,
                            const domain::categories::Tree& tree) {
    if (const auto flushed = changes_.flush(session_); !flushed.ok()) return flushed;
    auto counted = count_expenses(session_, key, budget, tree);
    if (!counted.ok()) return domain::Fail{counted.error()};
    // Its threshold states stay.
    if (const auto loaded = load_all({{key, budget.period}}); !loaded.ok()) return loaded;
    const std::array parameters{cell(key.workspace), cell(key.budget)};
    for (const std::string_view counted_by : {"read.budget_usage", "read.budget_member_usage"}) {
        const auto removed = session_.execute(
            "DELETE FROM " + std::string(counted_by) + " WHERE workspace = $1 AND budget = $2",
            parameters);
        if (!removed.ok()) return domain::Fail{removed.error()};
    }
    take_over(key, std::move(counted).value());
    return domain::Done{};
}

// The store has no rows of the budget.
void Ledger::take_over(const BudgetKey& key, std::vector<Cell> counted) {
    std::erase_if(touched_, [&](const Touched& touched) { return touched.key == key; });
    auto& known = pages(key);
    for (auto& [start, usage] : known.cells) {
        usage.all = {};
        usage.members.clear();
    }
    for (auto& found : counted) {
        auto& usage =
            known.cells.try_emplace(found.period.start, Cell{found.period, {}}).first->second;
        usage.all.spent = found.all.spent;
        usage.members = std::move(found.members);
        touch({key, &usage, {}, &usage.all});
        for (auto& [member, tally] : usage.members) touch({key, &usage, member, &tally});
    }
    known.tallies = known.cells.size();
    for (const auto& [start, usage] : known.cells) known.tallies += usage.members.size();
}

Cell& Ledger::cell_of_row(const sql::Rows& rows, std::size_t row, const Rules* rules,
                          Loading& loading) {
    const BudgetKey key{{rows.uuid(row, 0)}, {rows.uuid(row, 1)}};
    auto& cells = loading[key];
    const auto start = day_of(rows.text(row, 2));
    const auto found = cells.find(start);
    if (found != cells.end()) return found->second;
    CHECK(rules != nullptr, "a look-up by period answers with that period");
    const auto period = period_of(rules->at(key), start);
    return cells.try_emplace(start, Cell{period, {}}).first->second;
}

sql::Status Ledger::read_usage(const sql::Table& by, std::span<const sql::Value> keys,
                               const Rules* rules, Loading& loading) {
    constexpr std::array<std::string_view, 5> wanted{"workspace", "budget", "period_start",
                                                     "spent_minor", "expense_count"};
    const auto rows = session_.find(by, wanted, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        cell_of_row(*rows, row, rules, loading).all =
            tally_of_row(rows->integer(row, 3), rows->integer(row, 4));
    }
    return domain::Done{};
}

sql::Status Ledger::read_members(const sql::Table& by, std::span<const sql::Value> keys,
                                 const Rules* rules, Loading& loading) {
    constexpr std::array<std::string_view, 6> wanted{"workspace", "budget",      "period_start",
                                                     "member",    "spent_minor", "expense_count"};
    const auto rows = session_.find(by, wanted, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        cell_of_row(*rows, row, rules, loading).members[{rows->uuid(row, 3)}] =
            tally_of_row(rows->integer(row, 4), rows->integer(row, 5));
    }
    return domain::Done{};
}

sql::Status Ledger::read_thresholds(const sql::Table& by, std::span<const sql::Value> keys,
                                    const Rules* rules, Loading& loading) {
    constexpr std::array<std::string_view, 10> wanted{
        "workspace", "budget",    "period_start", "threshold", "member",
        "above",     "crossings", "alert",        "muted",     "held"};
    const auto rows = session_.find(by, wanted, keys);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const Watch watch{{rows->uuid(row, 3)}, {rows->uuid(row, 4)}};
        auto& state = cell_of_row(*rows, row, rules, loading).thresholds[watch];
        state.above = rows->integer(row, 5) != 0;
        state.crossings = rows->integer(row, 6);
        if (!rows->is_null(row, 7)) state.alert = domain::AlertId{rows->uuid(row, 7)};
        state.muted = rows->integer(row, 8) != 0;
        state.held = rows->integer(row, 9) != 0;
    }
    return domain::Done{};
}

Cell* Ledger::find(const BudgetKey& key, domain::Date period_start) {
    auto& known = cells(key);
    const auto found = known.find(period_start);
    return found == known.end() ? nullptr : &found->second;
}

sql::Status Ledger::add(Tally& tally, const domain::expense::Posting& posting, int sign) {
    const auto sum = domain::checked_add(tally.spent.minor, sign * posting.minor);
    if (!sum) return overflow();
    tally.spent = {*sum, tally.spent.count + sign * posting.count};
    return domain::Done{};
}

void Ledger::touch(const Touched& which) {
    if (!std::exchange(which.tally->is_touched, true)) touched_.push_back(which);
}

sql::Status Ledger::count(const BudgetKey& key, Cell& usage,
                          const domain::expense::Posting& posting, int sign) {
    touch({key, &usage, {}, &usage.all});
    return add(usage.all, posting, sign);
}

sql::Status Ledger::count_member(const BudgetKey& key, Cell& usage, const domain::MemberId& member,
                                 const domain::expense::Posting& posting, int sign) {
    const auto [entry, is_new] = usage.members.try_emplace(member);
    if (is_new) ++pages(key).tallies;
    usage.moved.insert(member);
    touch({key, &usage, member, &entry->second});
    return add(entry->second, posting, sign);
}

void Ledger::write() {
    for (const auto& [key, usage, member, tally] : touched_) {
        tally->is_touched = false;
        if (tally->stored == tally->spent) continue;
        tally->stored = tally->spent;
        if (member == domain::MemberId{}) {
            changes_.put(table, row_of(key, *usage));
        } else {
            changes_.put(members_table,
                         member_row_of(key, usage->period.start, member, tally->spent));
        }
    }
    touched_.clear();
}

}  // namespace outlay::workers::budget_usage
