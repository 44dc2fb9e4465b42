// Row changes as data: what a batch wants of the read store, collected per table and written with
// one bulk write per table. Rows and keys hold cells in the order of the table's columns. Confined
// to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "platform/sql.hpp"
#include "workers/keyed_rows.hpp"

namespace outlay::workers {

class RowChanges {
public:
    // A row that must not exist yet; another one with its key fails the batch.
    void append(const sql::Table& table, Row row);
    // A row that the store does not have; later changes to it are welcome.
    void create(const sql::Table& table, Row row);
    // A row that is kept as it was if it exists already.
    void offer(const sql::Table& table, Row row);
    // The row as it is from now on; the last one per key wins.
    void put(const sql::Table& table, Row row);
    void remove(const sql::Table& table, Row key);
    // Sets one column of a row that is pending here or exists in the store.
    void patch(const sql::Table& table, const Row& key, std::size_t column, sql::Value value);
    // Integer columns that are not key are added to the row's; a missing row counts as zeros.
    void add(const sql::Table& table, Row row);

    // Writes everything and is empty again. A sum that leaves 64 bits is an error of kind `failed`,
    // never a wrong number.
    sql::Status flush(sql::Session& session);

private:
    using Patch = std::map<std::size_t, sql::Value>;
    struct Pending {
        explicit Pending(const sql::Table& of) : table(of), offered(of), final(of), sums(of) {}
        const sql::Table& table;
        std::vector<sql::Value> appended;  // row by row
        KeyedRows offered;
        KeyedRows final;
        std::set<std::size_t> created;  // rows of `final` that the store does not have yet
        std::set<std::size_t> removed;  // rows of `final` of which only the key counts
        std::map<Row, Patch> patches;
        KeyedRows sums;
    };
    Pending& pending(const sql::Table& table);
    static sql::Status flush_table(sql::Session& session, Pending& changes);
    static sql::Status flush_final(sql::Session& session, Pending& changes);

    std::map<std::string_view, Pending> tables_;  // by name: transactions write tables in one order
    std::optional<std::string_view> overflow_;    // the table in which a sum left 64 bits
};

}  // namespace outlay::workers
