// read.budget_usage, read.budget_member_usage and read.threshold_states: how much of each budget is
// spent per period, by whom where thresholds watch each member, and which thresholds are reached.
// The Ledger holds the cells that a batch touches; what it counts becomes row changes. Confined to
// one thread.
#pragma once

#include <array>
#include <compare>
#include <map>
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
};

struct Cell {
    domain::budget::Period period;
    std::int64_t spent_minor = 0;
    std::int64_t expense_count = 0;
    std::map<Watch, ThresholdState> thresholds;  // those that were ever reached
    std::map<domain::MemberId, Spent> members{};
    std::int64_t carried_minor = 0;  // what the period before handed on; not stored
};

struct Place {
    BudgetKey key;
    domain::budget::Period period;
    bool has_members = false;  // thresholds watch each member
};

class Ledger {
public:
    Ledger(sql::Session& session, RowChanges& changes) : session_(session), changes_(changes) {}

    // Loads the cells of these places that are not known yet, in two round trips, and one more for
    // members.
    sql::Status load(const std::vector<Place>& places);
    // Loads every cell of a budget; what is pending is written first.
    sql::Status load_whole(const BudgetKey& key, const domain::budget::PeriodRule& rule);
    // The same for several budgets of which nothing is pending, in three round trips.
    using Rules = std::map<BudgetKey, domain::budget::PeriodRule>;
    sql::Status load_all(const Rules& budgets);
    bool is_whole(const BudgetKey& key) { return budgets_[key].is_whole; }
    // Counts a budget anew from the expense rows and loads it whole; what is pending is written
    // first.
    sql::Status recount(const BudgetKey& key, const domain::budget::Budget& budget,
                        const domain::categories::Tree& tree);

    // Adds a posting (or takes it out, with sign -1) to a loaded cell.
    sql::Status count(const Place& place, const domain::expense::Posting& posting, int sign);
    // The same to what a member has spent.
    sql::Status count_member(const Place& place, const domain::MemberId& member,
                             const domain::expense::Posting& posting, int sign);
    // CHECKs that the cell was loaded.
    Cell& cell_at(const BudgetKey& key, domain::Date period_start);
    std::map<domain::Date, Cell>& cells(const BudgetKey& key) { return budgets_[key].cells; }

private:
    struct Pages {
        std::map<domain::Date, Cell> cells;  // by period start
        bool is_whole = false;               // a period without a cell has no row
    };
    struct Missing {
        std::vector<sql::Value> all;
        std::vector<sql::Value> with_members;
    };
    Missing make_missing(const std::vector<Place>& places);
    // Without rules: the rows of cells that are known.
    sql::Status read_usage(const sql::Table& by, std::span<const sql::Value> keys,
                           const Rules* rules);
    sql::Status read_members(const sql::Table& by, std::span<const sql::Value> keys,
                             const Rules* rules);
    sql::Status read_thresholds(const sql::Table& by, std::span<const sql::Value> keys,
                                const Rules* rules);
    Cell& cell_of_row(const sql::Rows& rows, std::size_t row, const Rules* rules);

    sql::Session& session_;
    RowChanges& changes_;
    std::map<BudgetKey, Pages> budgets_;
};

Row row_of(const BudgetKey& key, const Cell& usage);
Row member_row_of(const BudgetKey& key, domain::Date period_start, const domain::MemberId& member,
                  const Spent& spent);

}  // namespace outlay::workers::budget_usage
