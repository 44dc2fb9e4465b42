// Collecting and writing row changes.
#include "workers/row_changes.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "domain/values/check.hpp"
#include "domain/values/money.hpp"

namespace outlay::workers {

namespace {

// Adds the integers of `more` to those of `sum`; false when one leaves 64 bits.
bool add_cells(const sql::Table& table, std::span<sql::Value> sum, const Row& more) {
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
                       std::span<const sql::Value> cells) {
    if (cells.empty()) return domain::Done{};
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

sql::Status remove_row(sql::Session& session, const sql::Table& table,
                       std::span<const sql::Value> key) {
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
    return tables_.try_emplace(table.name, table).first->second;
}

void RowChanges::append(const sql::Table& table, Row row) {
    CHECK(row.size() == table.columns.size(), "a row has a cell for every column");
    auto& appended = pending(table).appended;
    std::ranges::move(row, std::back_inserter(appended));
}

void RowChanges::create(const sql::Table& table, Row row) {
    auto& changes = pending(table);
    if (changes.final.find(row)) return put(table, std::move(row));
    changes.created.insert(changes.final.add(std::move(row)));
}

void RowChanges::offer(const sql::Table& table, Row row) {
    auto& offered = pending(table).offered;
    if (!offered.find(row)) offered.add(std::move(row));
}

void RowChanges::put(const sql::Table& table, Row row) {
    auto& changes = pending(table);
    if (!changes.patches.empty())
        changes.patches.erase(
            Row(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(table.key_columns)));
    const auto found = changes.final.find(row);
    if (!found) {
        changes.final.add(std::move(row));
        return;
    }
    changes.removed.erase(*found);
    std::ranges::move(row, changes.final[*found].begin());
}

void RowChanges::remove(const sql::Table& table, Row key) {
    CHECK(key.size() == table.key_columns, "a key has a cell for every key column");
    auto& changes = pending(table);
    changes.patches.erase(key);
    auto found = changes.final.find(key);
    if (!found) {
        key.resize(table.columns.size());
        found = changes.final.add(std::move(key));
    }
    changes.removed.insert(*found);
}

void RowChanges::patch(const sql::Table& table, const Row& key, std::size_t column,
                       sql::Value value) {
    CHECK(key.size() == table.key_columns && column < table.columns.size(),
          "a patch names key and column");
    auto& changes = pending(table);
    const auto row = changes.final.find(key);
    if (!row) {
        changes.patches[key].insert_or_assign(column, std::move(value));
    } else if (!changes.removed.contains(*row)) {
        changes.final[*row][column] = std::move(value);
    }
}

void RowChanges::add(const sql::Table& table, Row row) {
    auto& sums = pending(table).sums;
    const auto found = sums.find(row);
    if (!found) {
        sums.add(std::move(row));
    } else if (!add_cells(table, sums[*found], row)) {
        overflow_ = table.name;
    }
}

sql::Status RowChanges::flush_final(sql::Session& session, Pending& changes) {
    const auto& table = changes.table;
    std::vector<sql::Value> created;
    std::vector<sql::Value> replaced;
    for (std::size_t row = 0; row < changes.final.size(); ++row) {
        const auto cells = changes.final[row];
        if (changes.removed.contains(row)) {
            auto done = remove_row(session, table, cells.first(table.key_columns));
            if (!done.ok()) return done;
            continue;
        }
        auto& kept = changes.created.contains(row) ? created : replaced;
        std::ranges::move(cells, std::back_inserter(kept));
    }
    auto done = write_rows(session, table, sql::OnConflict::fail, created);
    return done.ok() ? write_rows(session, table, sql::OnConflict::replace, replaced) : done;
}

sql::Status RowChanges::flush_table(sql::Session& session, Pending& changes) {
    const auto& table = changes.table;
    auto done = write_rows(session, table, sql::OnConflict::fail, changes.appended);
    if (done.ok())
        done = write_rows(session, table, sql::OnConflict::ignore, changes.offered.cells());
    if (done.ok()) done = flush_final(session, changes);
    if (done.ok()) done = write_rows(session, table, sql::OnConflict::add, changes.sums.cells());
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
    for (auto& [name, changes] : tables_) {
        if (auto done = flush_table(session, changes); !done.ok()) return done;
    }
    tables_.clear();
    return domain::Done{};
}

}  // namespace outlay::workers
