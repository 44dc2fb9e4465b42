// Keyset paging with the key's row value.
#include "workers/row_pages.hpp"

namespace outlay::workers {

namespace {

constexpr std::int64_t page_rows = 2'000;

std::string joined(const sql::Table& table, std::size_t count) {
    std::string names;
    for (std::size_t i = 0; i < count; ++i)
        names += (i == 0 ? "" : ", ") + std::string(table.columns[i].name);
    return names;
}

}  // namespace

Page page_of(const sql::Table& table, const sql::Rows& rows) {
    Page page;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        Row cells;
        for (std::size_t column = 0; column < table.columns.size(); ++column)
            cells.push_back(rows.at(row, column));
        Row key(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(table.key_columns));
        page.emplace(std::move(key), std::move(cells));
    }
    return page;
}

sql::Result<Page> next_page(sql::Session& session, const sql::Table& table,
                            std::optional<Row>& last) {
    const auto key = joined(table, table.key_columns);
    std::string statement =
        "SELECT " + joined(table, table.columns.size()) + " FROM " + std::string(table.name);
    if (last) {
        statement += " WHERE (" + key + ") > (" + sql::marks(1, table.key_columns) + ")";
    }
    statement += " ORDER BY " + key + " LIMIT " + std::to_string(page_rows);
    const auto rows = session.query(statement, last ? *last : Row{});
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (!rows->empty()) {
        last.emplace();
        for (std::size_t column = 0; column < table.key_columns; ++column)
            last->push_back(rows->at(rows->size() - 1, column));
    }
    return page_of(table, *rows);
}

}  // namespace outlay::workers
