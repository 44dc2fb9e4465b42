// Keyset paging with the key's row value.
#include "workers/row_pages.hpp"

#include "workers/cells.hpp"

namespace outlay::workers {

namespace {

constexpr std::int64_t page_rows = 2'000;

// The names of columns `first` to `end`.
std::string joined(const sql::Table& table, std::size_t first, std::size_t end) {
    std::string names;
    for (std::size_t i = first; i < end; ++i)
        names += (i == first ? "" : ", ") + std::string(table.columns[i].name);
    return names;
}

// Conditions with the parameters that they speak of.
class Where {
public:
    void add(std::string_view condition) {
        text_ += (text_.empty() ? " WHERE " : " AND ") + std::string(condition);
    }
    std::string mark(sql::Value parameter) {
        parameters_.push_back(std::move(parameter));
        return "$" + std::to_string(parameters_.size());
    }
    const std::string& text() const { return text_; }
    const Row& parameters() const { return parameters_; }

private:
    std::string text_;
    Row parameters_;
};

bool begins_with_workspace(const sql::Table& table) {
    return table.columns.front().name == "workspace";
}

// A row of a table that does not begin with the workspace may be of one in another partition, where
// nobody but its writer thinks that it lives.
void add_scope(Where& where, const sql::Table& table, const RowScope& scope) {
    if (!scope.workspace) return;
    where.add("workspace = " + where.mark(cell(*scope.workspace)));
    if (!begins_with_workspace(table))
        where.add("log_partition = " + where.mark(cell(scope.partition)));
}

// `fixed` columns of the key are the same in all rows: left out, so that an index goes on right
// behind `last`.
void add_last(Where& where, const sql::Table& table, const Row& last, std::size_t fixed) {
    std::string marks;
    for (std::size_t i = fixed; i < last.size(); ++i)
        marks += (i == fixed ? "" : ", ") + where.mark(last[i]);
    where.add("(" + joined(table, fixed, table.key_columns) + ") > (" + marks + ")");
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
                            std::optional<Row>& last, const RowScope& scope) {
    const std::size_t fixed = scope.workspace && begins_with_workspace(table) ? 1 : 0;
    if (last && fixed == table.key_columns) return Page{};
    Where where;
    add_scope(where, table, scope);
    if (last) add_last(where, table, *last, fixed);
    const auto rows = session.query("SELECT " + joined(table, 0, table.columns.size()) + " FROM " +
                                        std::string(table.name) + where.text() + " ORDER BY " +
                                        joined(table, 0, table.key_columns) + " LIMIT " +
                                        std::to_string(page_rows),
                                    where.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (!rows->empty()) {
        last.emplace();
        for (std::size_t column = 0; column < table.key_columns; ++column)
            last->push_back(rows->at(rows->size() - 1, column));
    }
    return page_of(table, *rows);
}

}  // namespace outlay::workers
