// Live rows first, then those that only the other side has.
#include "workers/row_comparison.hpp"

#include "workers/cells.hpp"

namespace outlay::workers {

using domain::Fail;

namespace {

constexpr std::string_view forged = "is there, but does not follow from the journal";
constexpr std::string_view lost = "is not there, but follows from the journal";

std::string text_of(const sql::Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return "null";
}

// A cell may hold anything, where somebody wrote it by hand.
std::string shown(const sql::Value& value) {
    return harmless(text_of(value));
}

std::string described(const sql::Table& table, const Row& row, std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) {
        text +=
            (text.empty() ? "" : ", ") + std::string(table.columns[i].name) + " " + shown(row[i]);
    }
    return text;
}

Difference missing(const sql::Table& table, const Row& row, std::string_view detail) {
    return {std::string(table.name), described(table, row, 0, table.key_columns),
            std::string(detail)};
}

std::optional<Difference> change_of(const sql::Table& table, const Row& is, const Row& should_be) {
    if (is == should_be) return std::nullopt;
    std::size_t column = table.key_columns;
    while (is[column] == should_be[column]) ++column;
    return Difference{std::string(table.name), described(table, is, 0, table.key_columns),
                      described(table, is, column, column + 1) + "; the journal says " +
                          shown(should_be[column])};
}

}  // namespace

sql::Result<Page> twins_of(sql::Session& session, const sql::Table& table, const Page& page) {
    std::vector<std::string_view> columns;
    for (const auto& column : table.columns) columns.push_back(column.name);
    Row keys;
    for (const auto& [key, row] : page) keys.insert(keys.end(), key.begin(), key.end());
    const auto rows = session.find(table, columns, keys);
    if (!rows.ok()) return Fail{rows.error()};
    return page_of(table, *rows);
}

sql::Result<bool> RowComparison::compare_live_rows(const sql::Table& table, TableDigest& digest) {
    HashSum sum;
    std::optional<Row> last;
    for (;;) {
        const auto page = next_page(live_, table, last, scope_);
        if (!page.ok()) return Fail{page.error()};
        if (page->empty()) break;
        const auto twins = twins_of(replayed_, table, *page);
        if (!twins.ok()) return Fail{twins.error()};
        for (const auto& [key, row] : *page) {
            const auto twin = twins->find(key);
            auto found = twin == twins->end() ? std::optional(missing(table, row, forged))
                                              : change_of(table, row, twin->second);
            if (found && !told_(table, key, *std::move(found))) return false;
            sum.add(row_text(row));
            state_.add(table, row);
            ++digest.rows;
        }
    }
    digest.digest = sum.text();
    return true;
}

sql::Result<bool> RowComparison::find_lost_rows(const sql::Table& table) {
    std::optional<Row> last;
    for (;;) {
        const auto page = next_page(replayed_, table, last, scope_);
        if (!page.ok()) return Fail{page.error()};
        if (page->empty()) return true;
        const auto twins = twins_of(live_, table, *page);
        if (!twins.ok()) return Fail{twins.error()};
        for (const auto& [key, row] : *page) {
            const auto twin = twins->find(key);
            auto found = twin == twins->end() ? std::optional(missing(table, row, lost))
                         : is_walked(table)   ? std::nullopt
                                              : change_of(table, twin->second, row);
            if (found && !told_(table, key, *std::move(found))) return false;
        }
    }
}

// Whether a live row under a wished key was seen among the live rows. Otherwise it may be one that
// was given to another workspace, where that is no part of the key.
bool RowComparison::is_walked(const sql::Table& table) const {
    return !scope_.workspace || table.columns.front().name == "workspace";
}

sql::Result<std::optional<TableDigest>> RowComparison::compare(const sql::Table& table) {
    TableDigest digest{table.name, 0, {}};
    auto goes_on = compare_live_rows(table, digest);
    if (goes_on.ok() && *goes_on) goes_on = find_lost_rows(table);
    if (!goes_on.ok()) return Fail{goes_on.error()};
    return *goes_on ? std::optional(std::move(digest)) : std::nullopt;
}

}  // namespace outlay::workers
