// The PostgreSQL side of sql::Session. Bulk calls pass one array per column, so that a call of any
// size has one text (prepared once) and goes in one round trip per chunk.
#include "platform/postgres/session.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "platform/postgres/array_form.hpp"
#include "platform/postgres/text_form.hpp"
#include "platform/postgres/types.hpp"

namespace outlay::postgres {
namespace {

// A chunk ends at either limit; larger ones bring no speed and hold memory on both sides.
constexpr std::size_t chunk_rows_max = 2000;
constexpr std::size_t chunk_bytes_max = 1 << 20;

sql::Error nul_error() {
    return {sql::ErrorKind::failed, "a text holds NUL"};
}

sql::Error cell_error(const sql::Table& table) {
    return {sql::ErrorKind::failed,
            "a cell of " + std::string(table.name) + " is no value of its column"};
}

// "unnest($1::uuid[],$2::text[])"; `first` is the number of the first parameter
std::string unnest(std::span<const sql::Column> columns, std::size_t first = 1) {
    std::string arrays;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        sql::append_item(arrays, sql::parameter(first + i));
        arrays.append("::").append(form_of(columns[i].type).name).append("[]");
    }
    return "unnest(" + arrays + ")";
}

std::string insert_text(const sql::Table& table, sql::OnConflict on_conflict, std::size_t first) {
    return sql::insert_into(table) + " SELECT * FROM " + unnest(table.columns, first) +
           sql::conflict_clause(table, on_conflict);
}

// Each key is looked up for itself (OFFSET keeps it so): no plan that was made while a table was
// small can come to read all of it.
std::string find_text(const sql::Table& table, std::span<const std::string_view> columns) {
    const auto key = table.columns.first(table.key_columns);
    std::string text =
        "SELECT " + sql::target_list(columns) + " FROM " + unnest(key) + " AS sought(";
    text.append(sql::column_list(key)).append(") CROSS JOIN LATERAL (SELECT * FROM ");
    text.append(table.name).append(" AS kept WHERE true");
    for (const auto& column : key) {
        const auto name = sql::quoted(column.name);
        text.append(" AND kept.").append(name).append("=sought.").append(name);
    }
    return text.append(" OFFSET 0) AS target");
}

// The rows of one bulk statement, gathered column by column.
class Chunk {
public:
    explicit Chunk(std::span<const sql::Column> columns) {
        for (const sql::Column& column : columns) arrays_.emplace_back(column.type);
    }
    // False when a cell is not a value of its column.
    bool add(std::span<const sql::Value> row) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::size_t before = arrays_[i].size();
            if (!arrays_[i].add(row[i])) return false;
            bytes_ += arrays_[i].size() - before;
        }
        ++rows_;
        return true;
    }
    bool full() const { return rows_ >= chunk_rows_max || bytes_ >= chunk_bytes_max; }
    bool empty() const { return rows_ == 0; }
    void clear() {
        for (ArrayForm& array : arrays_) array.clear();
        rows_ = 0;
        bytes_ = 0;
    }
    std::vector<ArrayForm>& arrays() { return arrays_; }

private:
    std::vector<ArrayForm> arrays_;
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

struct Session::Waiting {
    Waiting(const sql::Table& of, sql::OnConflict what)
        : table(of), on_conflict(what), rows(of.columns) {}
    const sql::Table& table;
    sql::OnConflict on_conflict;
    Chunk rows;
};

Session::Session(Connection& connection, std::int64_t generation, bool gathers)
    : connection_(connection), generation_(generation), gathers_(gathers) {}
Session::~Session() = default;

// What waits belongs to the generation until now; an error stands for every later call.
void Session::use_generation(std::int64_t generation) {
    (void)flush();
    generation_ = generation;
}

bool Session::waits_for(const sql::Table& table) const {
    return std::ranges::any_of(
        waiting_, [&](const auto& waiting) { return waiting.table.name == table.name; });
}

// Several tables in one statement: WITH w1 AS (INSERT ...), w2 AS (INSERT ...) INSERT ...
sql::Status Session::flush() {
    if (error_) return domain::Fail{*error_};
    if (waiting_.empty()) return domain::Done{};
    auto writes = std::exchange(waiting_, {});
    std::string text;
    ParameterForms forms;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const auto& [table, on_conflict, rows] = writes[i];
        const auto insert = insert_text(table, on_conflict, forms.size() + 1);
        const bool is_last = i + 1 == writes.size();
        if (writes.size() > 1) text += i == 0 ? "WITH " : is_last ? " " : ", ";
        text += is_last ? insert : "w" + std::to_string(i) + " AS (" + insert + ")";
        for (auto& array : writes[i].rows.arrays()) forms.push_back(&array.close());
    }
    if (auto result = run_with(text, forms); !result) return domain::Fail{result.error()};
    return domain::Done{};
}

sql::Error Session::end(sql::Error error) {
    if (!error_) error_ = error;
    return error;
}

template <typename Parameters>
sql::Result<pqxx::result> Session::run_with(std::string_view statement,
                                            const Parameters& parameters) {
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
    return run_with(statement, texts);
}

sql::Result<sql::Rows> Session::query(std::string_view statement,
                                      std::span<const sql::Value> parameters) {
    if (auto flushed = flush(); !flushed) return domain::Fail{flushed.error()};
    auto result = run(statement, parameters);
    if (!result) return domain::Fail{result.error()};
    sql::Rows rows(static_cast<std::size_t>(result->columns()));
    append_rows(*result, rows);
    return rows;
}

sql::Result<std::int64_t> Session::execute(std::string_view statement,
                                           std::span<const sql::Value> parameters) {
    if (auto flushed = flush(); !flushed) return domain::Fail{flushed.error()};
    auto result = run(statement, parameters);
    if (!result) return domain::Fail{result.error()};
    return static_cast<std::int64_t>(result->affected_rows());
}

sql::Status Session::write(const sql::Table& table, sql::OnConflict on_conflict,
                           std::span<const sql::Value> cells) {
    const std::size_t width = table.columns.size();
    CHECK(width > 0 && cells.size() % width == 0, "cells are whole rows");
    if (error_) return domain::Fail{*error_};
    if (cells.empty()) return domain::Done{};
    // One statement sees no row that another part of it writes.
    bool begins_anew = waits_for(table);
    for (std::size_t at = 0; at < cells.size(); at += width) {
        if (begins_anew) {
            if (auto flushed = flush(); !flushed) return flushed;
        }
        if (at == 0 || begins_anew) waiting_.emplace_back(table, on_conflict);
        auto& rows = waiting_.back().rows;
        if (!rows.add(cells.subspan(at, width))) return domain::Fail{end(cell_error(table))};
        begins_anew = rows.full();
    }
    if (!gathers_) return flush();
    return domain::Done{};
}

sql::Result<sql::Rows> Session::find(const sql::Table& table,
                                     std::span<const std::string_view> columns,
                                     std::span<const sql::Value> keys) {
    if (auto flushed = flush(); !flushed) return domain::Fail{flushed.error()};
    const std::string text = find_text(table, columns);
    sql::Rows rows(columns.size());
    Chunk chunk(table.columns.first(table.key_columns));
    const auto ask = [&]() -> sql::Status {
        ParameterForms forms;
        for (ArrayForm& array : chunk.arrays()) forms.push_back(&array.close());
        auto result = run_with(text, forms);
        if (!result) return domain::Fail{result.error()};
        append_rows(*result, rows);
        chunk.clear();
        return domain::Done{};
    };
    for (const auto key : sql::distinct_keys(keys, table.key_columns)) {
        if (!chunk.add(key)) return domain::Fail{end(cell_error(table))};
        if (!chunk.full()) continue;
        if (auto done = ask(); !done) return domain::Fail{done.error()};
    }
    if (chunk.empty()) return rows;
    if (auto done = ask(); !done) return domain::Fail{done.error()};
    return rows;
}

}  // namespace outlay::postgres
