// read.budget_usage, read.budget_member_usage and read.threshold_states: how much of each budget is
// spent per period, by whom where thresholds watch each member, and which thresholds are reached.
// The Ledger holds the cells that a batch touches and counts in memory; what differs from the rows
// in the end becomes row changes. Confined to one thread.
#pragma once

#include <array>
#include <compare>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "domain/budget/state.hpp"
#include "domain/categories/state.hpp"
#include "domain/expense/postings.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers::budget_usage {

inline constexpr std::array columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"budget", sql::Type::uuid},
    sql::Column{"period_start", sql::Type::date},
    sql::Column{"period_end", sql::Type::date},
    sql::Column{"spent_minor", sql::Type::integer},
    sql::Column{"expense_count", sql::Type::integer},
};
inline constexpr sql::Table table{"read.budget_usage", columns, 3};

// Only of budgets with thresholds that watch each member.
inline constexpr std::array member_columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"budget", sql::Type::uuid},
    sql::Column{"period_start", sql::Type::date},
    sql::Column{"member", sql::Type::uuid},
    sql::Column{"spent_minor", sql::Type::integer},
    sql::Column{"expense_count", sql::Type::integer},
};
inline constexpr sql::Table members_table{"read.budget_member_usage", member_columns, 4};

inline constexpr std::array threshold_columns{
    sql::Column{"workspace", sql::Type::uuid},    sql::Column{"budget", sql::Type::uuid},
    sql::Column{"period_start", sql::Type::date}, sql::Column{"threshold", sql::Type::uuid},
    sql::Column{"member", sql::Type::uuid},       sql::Column{"above", sql::Type::boolean},
    sql::Column{"crossings", sql::Type::integer}, sql::Column{"alert", sql::Type::uuid},
    sql::Column{"muted", sql::Type::boolean},     sql::Column{"held", sql::Type::boolean},
};
inline constexpr sql::Table thresholds_table{"read.threshold_states", threshold_columns, 5};

struct BudgetKey {
    domain::WorkspaceId workspace;
    domain::BudgetId budget;
    auto operator<=>(const BudgetKey&) const = default;
};

// A threshold, and whose spending it watches: the nil member's stands for everybody's.
struct Watch {
    domain::ThresholdId threshold;
    domain::MemberId member{};
    auto operator<=>(const Watch&) const = default;
    bool is_of_member() const { return member != domain::MemberId{}; }
};

// Above: the threshold was reached by the last commit that was evaluated. Alert: the open one, if
// crossing it fired.
struct ThresholdState {
    bool above = false;
    std::int64_t crossings = 0;  // that fired
    std::optional<domain::AlertId> alert;
    bool muted = false;  // nobody was told of that one
    // Not above, though reached: a change of rules found it so before the period began. It is
    // looked at when the period begins.
    bool held = false;
};

struct Spent {
    std::int64_t minor = 0;
    std::int64_t count = 0;
    bool operator==(const Spent&) const = default;
};

// What was spent, and what the store's row says of it.
struct Tally {
    Spent spent;
    std::optional<Spent> stored{};  // empty: there is no row
    bool is_touched = false;        // counted since the rows were written
};

// All that a threshold is held against beside what was spent.
struct Judged {
    domain::Date as_of;
    std::int64_t limit_minor = 0;
    bool operator==(const Judged&) const = default;
};

struct Cell {
    domain::budget::Period period;
    Tally all;
    std::map<domain::MemberId, Tally> members{};
    std::map<Watch, ThresholdState> thresholds{};  // those that were ever reached
    // The rest is not stored. What the period before handed on:
    std::int64_t carried_minor = 0;
    // With what every threshold was last held against everybody's spending, if nothing was held;
    // until that changes, only members whose spending moved can cross one.
    std::optional<Judged> judged{};
    std::set<domain::MemberId> moved{};

    bool holds() const;
};

// The cells of a budget that are known, as of a position of the log.
struct Pages {
    std::map<domain::Date, Cell> cells{};  // by period start
    bool is_whole = false;                 // a period without a cell has no row
    std::size_t tallies = 0;               // of cells and members: what it costs to keep them
};
using Folder = std::unordered_map<domain::BudgetId, Pages>;  // of one workspace
using Folders = std::map<domain::WorkspaceId, Folder>;
std::size_t tallies_of(const Folder& folder);

struct Place {
    BudgetKey key;
    domain::budget::Period period;
    bool has_members = false;  // thresholds watch each member
};

class Ledger {
public:
    // Begins with what `folders` hold, and leaves there what it knows.
    Ledger(sql::Session& session, RowChanges& changes, Folders& folders)
        : session_(session), changes_(changes), folders_(folders) {}

    // These load what is not known yet, set-based; a cell that is known stays as it is. The cells
    // of these places:
    sql::Status load(const std::vector<Place>& places);
    // Every cell of these budgets:
    using Rules = std::map<BudgetKey, domain::budget::PeriodRule>;
    sql::Status load_all(const Rules& budgets);
    // The cells of the periods that end on a day or later, and those that are held:
    sql::Status load_since(const BudgetKey& key, const domain::budget::Budget& budget,
                           domain::Date day);
    bool is_whole(const BudgetKey& key) { return pages(key).is_whole; }
    // Counts a budget anew from the expense rows; what is pending is written first.
    sql::Status recount(const BudgetKey& key, const domain::budget::Budget& budget,
                        const domain::categories::Tree& tree);

    // Adds a posting (or takes it out, with sign -1) to a cell.
    sql::Status count(const BudgetKey& key, Cell& usage, const domain::expense::Posting& posting,
                      int sign);
    // The same to what a member has spent.
    sql::Status count_member(const BudgetKey& key, Cell& usage, const domain::MemberId& member,
                             const domain::expense::Posting& posting, int sign);
    // Null if it is not known. Cells stay where they are.
    Cell* find(const BudgetKey& key, domain::Date period_start);
    std::map<domain::Date, Cell>& cells(const BudgetKey& key) { return pages(key).cells; }

    // What was counted and differs from the store's rows becomes row changes.
    void write();

private:
    using Loading = std::map<BudgetKey, std::map<domain::Date, Cell>>;
    struct Touched {
        BudgetKey key;
        const Cell* usage;
        domain::MemberId member;  // nil: everybody
        Tally* tally;
    };
    Pages& pages(const BudgetKey& key);
    void keep(Loading loaded);
    static sql::Status add(Tally& tally, const domain::expense::Posting& posting, int sign);
    void touch(const Touched& which);
    void take_over(const BudgetKey& key, std::vector<Cell> counted);
    // Without rules: the rows of cells that are there.
    sql::Status read_usage(const sql::Table& by, std::span<const sql::Value> keys,
                           const Rules* rules, Loading& loading);
    sql::Status read_members(const sql::Table& by, std::span<const sql::Value> keys,
                             const Rules* rules, Loading& loading);
    sql::Status read_thresholds(const sql::Table& by, std::span<const sql::Value> keys,
                                const Rules* rules, Loading& loading);
    static Cell& cell_of_row(const sql::Rows& rows, std::size_t row, const Rules* rules,
                             Loading& loading);

    sql::Session& session_;
    RowChanges& changes_;
    Folders& folders_;
    std::vector<Touched> touched_;
    Folders::value_type* last_ = nullptr;  // the folder that was asked for last
};

}  // namespace outlay::workers::budget_usage
