// Row comparison: the rows of two sets of read models beside each other, each in the snapshot of
// its session, table by table and page by page. Rows are looked up by key, so that the databases
// may sort as they like. Confined to the sessions' thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "platform/sql.hpp"
#include "workers/keyed_rows.hpp"
#include "workers/row_pages.hpp"
#include "workers/state_digest.hpp"

namespace outlay::workers {

// A row that differs.
struct Difference {
    std::string table;
    std::string key;     // of the row, columns and values
    std::string detail;  // what is there and what should be
};

struct TableDigest {
    std::string_view table;
    std::int64_t rows = 0;
    std::string digest;  // of all rows in any order, 32 hexadecimal digits
};

class RowComparison {
public:
    // Hears of every row that differs; false ends the comparison.
    using Told = std::function<bool(const sql::Table& table, const Row& key, Difference found)>;

    // `live` is the one whose rows are in question; they are added to `state`.
    RowComparison(sql::Session& live, sql::Session& replayed, RowScope scope, StateDigest& state,
                  Told told)
        : live_(live), replayed_(replayed), scope_(scope), state_(state), told_(std::move(told)) {}

    // The live rows of the table; empty if it was told to end.
    sql::Result<std::optional<TableDigest>> compare(const sql::Table& table);

private:
    sql::Result<bool> compare_live_rows(const sql::Table& table, TableDigest& digest);
    sql::Result<bool> find_lost_rows(const sql::Table& table);
    bool is_walked(const sql::Table& table) const;

    sql::Session& live_;
    sql::Session& replayed_;
    RowScope scope_;
    StateDigest& state_;
    Told told_;
};

// The rows that have the keys of the page.
sql::Result<Page> twins_of(sql::Session& session, const sql::Table& table, const Page& page);

}  // namespace outlay::workers
