// Collecting and writing row changes.
#include "workers/row_changes.hpp"

#include <string>

#include "domain/values/check.hpp"
#include "domain/values/money.hpp"

namespace outlay::workers {

namespace {

Row key_of(const sql::Table& table, const Row& row) {
    CHECK(row.size() == table.columns.size(), "a row has a cell for every column");
    return {row.begin(), row.begin() + static_cast<std::ptrdiff_t>(table.key_columns)};
}

// Adds the integers of `more` to those of `sum`; false when one leaves 64 bits.
bool add_cells(const sql::Table& table, Row& sum, const Row& more) {
    for (std::size_t at = table.key_columns; at < sum.size(); ++at) {
        auto* left = std::get_if<std::int64_t>(&sum[at]);
        const auto* right = std::get_if<std::int64_t>(&more[at]);
        if (left == nullptr || right == nullptr) continue;
        const auto added = domain::checked_add(*left, *right);
        if (!added) return false;
        *left = *added;
    }
    return true;
}

sql::Status write_rows(sql::Session& session, const sql::Table& table, sql::OnConflict on_conflict,
                       const std::map<Row, Row>& rows) {
    if (rows.empty()) return domain::Done{};
    std::vector<sql::Value> cells;
    cells.reserve(rows.size() * table.columns.size());
    for (const auto& [key, row] : rows) cells.insert(cells.end(), row.begin(), row.end());
    return session.write(table, on_conflict, cells);
}

std::string where_key(const sql::Table& table, std::size_t first_parameter) {
    std::string text = " WHERE ";
    for (std::size_t at = 0; at < table.key_columns; ++at) {
        if (at != 0) text += " AND ";
        text += std::string(table.columns[at].name) + " = $" + std::to_string(first_parameter + at);
    }
    return text;
}

sql::Status remove_row(sql::Session& session, const sql::Table& table, const Row& key) {
    const auto text = "DELETE FROM " + std::string(table.name) + where_key(table, 1);
    const auto done = session.execute(text, key);
    if (!done.ok()) return domain::Fail{done.error()};
    return domain::Done{};
}

sql::Status patch_row(sql::Session& session, const sql::Table& table, const Row& key,
                      const std::map<std::size_t, sql::Value>& patch) {
    std::string text;
    Row parameters;
    for (const auto& [column, value] : patch) {
        parameters.push_back(value);
        text += (text.empty() ? " SET " : ", ") + std::string(table.columns[column].name) + " = $" +
                std::to_string(parameters.size());
    }
    const auto where = where_key(table, parameters.size() + 1);
    parameters.insert(parameters.end(), key.begin(), key.end());
    const auto done =
        session.execute("UPDATE " + std::string(table.name) + text + where, parameters);
    if (!done.ok()) return domain::Fail{done.error()};
    return domain::Done{};
}

}  // namespace

RowChanges::Pending& RowChanges::pending(const sql::Table& table) {
    auto& changes = tables_[table.name];
    changes.table = &table;
    return changes;
}

void RowChanges::append(const sql::Table& table, Row row) {
    auto key = key_of(table, row);
    const bool is_new = pending(table).appended.try_emplace(std::move(key), std::move(row)).second;
    CHECK(is_new, "a batch appends two rows with one key");
}

void RowChanges::offer(const sql::Table& table, Row row) {
    auto key = key_of(table, row);
    pending(table).offered.try_emplace(std::move(key), std::move(row));
}

void RowChanges::put(const sql::Table& table, Row row) {
    auto& changes = pending(table);
    auto key = key_of(table, row);
    changes.patches.erase(key);
    changes.final.insert_or_assign(std::move(key), std::move(row));
}

void RowChanges::remove(const sql::Table& table, Row key) {
    CHECK(key.size() == table.key_columns, "a key has a cell for every key column");
    auto& changes = pending(table);
    changes.patches.erase(key);
    changes.final.insert_or_assign(std::move(key), std::nullopt);
}

void RowChanges::patch(const sql::Table& table, const Row& key, std::size_t column,
                       sql::Value value) {
    CHECK(key.size() == table.key_columns && column < table.columns.size(),
          "a patch names key and column");
    auto& changes = pending(table);
    const auto row = changes.final.find(key);
    if (row == changes.final.end()) {
        changes.patches[key].insert_or_assign(column, std::move(value));
    } else if (row->second) {
        (*row->second)[column] = std::move(value);
    }
}

void RowChanges::add(const sql::Table& table, Row row) {
    auto& sums = pending(table).sums;
    auto key = key_of(table, row);
    const auto found = sums.find(key);
    if (found == sums.end()) {
        sums.emplace(std::move(key), std::move(row));
    } else if (!add_cells(table, found->second, row)) {
        overflow_ = table.name;
    }
}

sql::Status RowChanges::flush_table(sql::Session& session, const Pending& changes) {
    const auto& table = *changes.table;
    std::map<Row, Row> kept;
    for (const auto& [key, row] : changes.final) {
        if (row) {
            kept.emplace(key, *row);
        } else if (const auto done = remove_row(session, table, key); !done.ok()) {
            return done;
        }
    }
    auto done = write_rows(session, table, sql::OnConflict::fail, changes.appended);
    if (done.ok()) done = write_rows(session, table, sql::OnConflict::ignore, changes.offered);
    if (done.ok()) done = write_rows(session, table, sql::OnConflict::replace, kept);
    if (done.ok()) done = write_rows(session, table, sql::OnConflict::add, changes.sums);
    for (const auto& [key, patch] : changes.patches) {
        if (!done.ok()) return done;
        done = patch_row(session, table, key, patch);
    }
    return done;
}

sql::Status RowChanges::flush(sql::Session& session) {
    if (overflow_) {
        return domain::Fail{sql::Error{sql::ErrorKind::failed,
                                       "a sum of " + std::string(*overflow_) + " left 64 bits"}};
    }
    for (const auto& [name, changes] : tables_) {
        if (const auto done = flush_table(session, changes); !done.ok()) return done;
    }
    tables_.clear();
    return domain::Done{};
}

}  // namespace outlay::workers
