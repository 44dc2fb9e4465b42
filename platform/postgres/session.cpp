// The PostgreSQL side of sql::Session. Bulk calls pass one array per column, so that a call of any
// size has one text (prepared once) and goes in one round trip per chunk.
#include "platform/postgres/session.hpp"

#include <deque>
#include <utility>

namespace outlay::postgres {
namespace {

// A chunk ends at either limit; larger ones bring no speed and hold memory on both sides.
constexpr std::size_t chunk_rows_max = 2000;
constexpr std::size_t chunk_bytes_max = 1 << 20;

sql::Error nul_error() {
    return {sql::ErrorKind::failed, "a text holds NUL"};
}

// "unnest($1::uuid[],$2::text[])"
std::string unnest(std::span<const sql::Column> columns) {
    std::string arrays;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        sql::append_item(arrays, sql::parameter(i + 1));
        arrays.append("::").append(type_name(columns[i].type)).append("[]");
    }
    return "unnest(" + arrays + ")";
}

std::string insert_text(const sql::Table& table, sql::OnConflict on_conflict) {
    return sql::insert_into(table) + " SELECT * FROM " + unnest(table.columns) +
           sql::conflict_clause(table, on_conflict);
}

std::string find_text(const sql::Table& table, std::span<const std::string_view> columns) {
    const auto key = table.columns.first(table.key_columns);
    std::string text = "SELECT " + sql::target_list(columns) + " FROM ";
    text.append(table.name).append(" AS target WHERE (").append(sql::column_list(key));
    return text.append(") IN (SELECT * FROM ").append(unnest(key)).append(")");
}

// The rows of one bulk statement, gathered column by column.
class Chunk {
public:
    explicit Chunk(std::span<const sql::Column> columns) : columns_(columns) {
        for (const sql::Column& column : columns) arrays_.emplace_back(column.type);
    }
    // False when a text holds NUL.
    bool add(std::span<const sql::Value> row) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (columns_[i].type != sql::Type::bytes && sql::has_nul(row[i])) return false;
            const std::size_t before = arrays_[i].size();
            arrays_[i].add(row[i]);
            bytes_ += arrays_[i].size() - before;
        }
        ++rows_;
        return true;
    }
    bool full() const { return rows_ >= chunk_rows_max || bytes_ >= chunk_bytes_max; }
    bool empty() const { return rows_ == 0; }
    void clear() {
        for (ArrayText& array : arrays_) array.clear();
        rows_ = 0;
        bytes_ = 0;
    }
    std::vector<ArrayText>& arrays() { return arrays_; }

private:
    std::span<const sql::Column> columns_;
    std::vector<ArrayText> arrays_;
    std::size_t rows_ = 0;
    std::size_t bytes_ = 0;
};

sql::Value value_of(const pqxx::field& field) {
    if (field.is_null()) return sql::Null{};
    const std::string_view text(field.c_str(), static_cast<std::size_t>(field.size()));
    return cell_of(static_cast<std::uint32_t>(field.type()), text);
}

void append_rows(const pqxx::result& result, sql::Rows& rows) {
    const auto columns = result.columns();
    for (const auto& row : result) {
        for (pqxx::row::size_type column = 0; column < columns; ++column) {
            rows.add(value_of(row[column]));
        }
    }
}

}  // namespace

sql::Error Session::end(sql::Error error) {
    if (!error_) error_ = error;
    return error;
}

sql::Result<pqxx::result> Session::run(std::string_view statement,
                                       const ParameterTexts& parameters) {
    if (error_) return domain::Fail{*error_};
    auto result =
        connection_.run_prepared(connection_.translations.of(statement, generation_), parameters);
    if (!result) return domain::Fail{end(result.error())};
    return result;
}

sql::Result<pqxx::result> Session::run(std::string_view statement,
                                       std::span<const sql::Value> parameters) {
    ParameterTexts texts;
    std::deque<std::string> numbers;  // a deque, because texts point into it while it grows
    for (const sql::Value& value : parameters) {
        if (sql::has_nul(value)) return domain::Fail{end(nul_error())};
        if (const auto* text = std::get_if<std::string>(&value)) {
            texts.push_back(text->c_str());
        } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
            texts.push_back(numbers.emplace_back(std::to_string(*integer)).c_str());
        } else {
            texts.push_back(nullptr);
        }
    }
    return run(statement, texts);
}

sql::Result<pqxx::result> Session::run(std::string_view statement, std::vector<ArrayText>& arrays) {
    ParameterTexts texts;
    for (ArrayText& array : arrays) texts.push_back(array.close());
    return run(statement, texts);
}

sql::Result<sql::Rows> Session::query(std::string_view statement,
                                      std::span<const sql::Value> parameters) {
    auto result = run(statement, parameters);
    if (!result) return domain::Fail{result.error()};
    sql::Rows rows(static_cast<std::size_t>(result->columns()));
    append_rows(*result, rows);
    return rows;
}

sql::Result<std::int64_t> Session::execute(std::string_view statement,
                                           std::span<const sql::Value> parameters) {
    auto result = run(statement, parameters);
    if (!result) return domain::Fail{result.error()};
    return static_cast<std::int64_t>(result->affected_rows());
}

sql::Status Session::write(const sql::Table& table, sql::OnConflict on_conflict,
                           std::span<const sql::Value> cells) {
    const std::size_t width = table.columns.size();
    CHECK(width > 0 && cells.size() % width == 0, "cells are whole rows");
    const std::string text = insert_text(table, on_conflict);
    Chunk chunk(table.columns);
    for (std::size_t at = 0; at < cells.size(); at += width) {
        if (!chunk.add(cells.subspan(at, width))) return domain::Fail{end(nul_error())};
        if (!chunk.full() && at + width < cells.size()) continue;
        if (auto result = run(text, chunk.arrays()); !result) return domain::Fail{result.error()};
        chunk.clear();
    }
    return domain::Done{};
}

sql::Result<sql::Rows> Session::find(const sql::Table& table,
                                     std::span<const std::string_view> columns,
                                     std::span<const sql::Value> keys) {
    const std::string text = find_text(table, columns);
    sql::Rows rows(columns.size());
    Chunk chunk(table.columns.first(table.key_columns));
    const auto ask = [&]() -> sql::Status {
        auto result = run(text, chunk.arrays());
        if (!result) return domain::Fail{result.error()};
        append_rows(*result, rows);
        chunk.clear();
        return domain::Done{};
    };
    for (const auto key : sql::distinct_keys(keys, table.key_columns)) {
        if (!chunk.add(key)) return domain::Fail{end(nul_error())};
        if (!chunk.full()) continue;
        if (auto done = ask(); !done) return domain::Fail{done.error()};
    }
    if (chunk.empty()) return rows;
    if (auto done = ask(); !done) return domain::Fail{done.error()};
    return rows;
}

}  // namespace outlay::postgres
