// Keyed rows: rows of one table in the order in which they came, one per key, in one flat piece of
// memory as bulk writes want it. Confined to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "platform/sql.hpp"

namespace outlay::workers {

using Row = std::vector<sql::Value>;

class KeyedRows {
public:
    explicit KeyedRows(const sql::Table& table)
        : width_(table.columns.size()), key_width_(table.key_columns) {}

    // The row whose key is that of `row`, of which only the key columns are looked at.
    std::optional<std::size_t> find(std::span<const sql::Value> row) const;
    // CHECKs the width. No row with its key may be there.
    std::size_t add(Row row);
    // The cells of a row; valid until the next one is added.
    std::span<sql::Value> operator[](std::size_t row) {
        return std::span(cells_).subspan(row * width_, width_);
    }
    std::size_t size() const { return hashes_.size(); }
    std::span<const sql::Value> cells() const { return cells_; }

private:
    std::size_t hash_of(std::span<const sql::Value> row) const;
    bool has_key(std::size_t row, std::span<const sql::Value> key) const;
    std::size_t slot_of(std::size_t hash) const { return hash & (slots_.size() - 1); }
    void grow();

    std::size_t width_;
    std::size_t key_width_;
    std::vector<sql::Value> cells_;
    std::vector<std::size_t> hashes_;   // of the rows' keys
    std::vector<std::uint32_t> slots_;  // by hash, then linearly: a row's number + 1, or 0
};

}  // namespace outlay::workers
