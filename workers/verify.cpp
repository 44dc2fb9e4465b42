// Comparison of two stores, page by page along the keys. Rows are looked up by key, so that the
// databases may sort as they like.
#include "workers/verify.hpp"

#include <array>
#include <map>

#include "platform/hash.hpp"
#include "workers/cells.hpp"
#include "workers/projection.hpp"
#include "workers/row_changes.hpp"
#include "workers/status.hpp"

namespace outlay::workers {

namespace {

using domain::Fail;
using journal::Checkpoint;

constexpr std::int64_t page_rows = 2'000;
const sql::TransactionOptions as_reader{sql::Access::lookup, std::nullopt};

using Page = std::map<Row, Row>;  // by key

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

std::string joined(const sql::Table& table, std::size_t count) {
    std::string names;
    for (std::size_t i = 0; i < count; ++i)
        names += (i == 0 ? "" : ", ") + std::string(table.columns[i].name);
    return names;
}

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

// The rows behind `last`, in the order of their key as this store sorts it; moves `last` on.
sql::Result<Page> next_page(sql::Session& session, const sql::Table& table,
                            std::optional<Row>& last) {
    const auto key = joined(table, table.key_columns);
    std::string statement =
        "SELECT " + joined(table, table.columns.size()) + " FROM " + std::string(table.name);
    if (last) {
        std::string marks;
        for (std::size_t i = 1; i <= table.key_columns; ++i)
            marks += (i == 1 ? "$" : ", $") + std::to_string(i);
        statement += " WHERE (" + key + ") > (" + marks + ")";
    }
    statement += " ORDER BY " + key + " LIMIT " + std::to_string(page_rows);
    const auto rows = session.query(statement, last ? *last : Row{});
    if (!rows.ok()) return Fail{rows.error()};
    if (!rows->empty()) {
        last.emplace();
        for (std::size_t column = 0; column < table.key_columns; ++column)
            last->push_back(rows->at(rows->size() - 1, column));
    }
    return page_of(table, *rows);
}

sql::Result<Page> twins_of(sql::Session& session, const sql::Table& table, const Page& page) {
    std::vector<std::string_view> columns;
    for (const auto& column : table.columns) columns.push_back(column.name);
    Row keys;
    for (const auto& [key, row] : page) keys.insert(keys.end(), key.begin(), key.end());
    const auto rows = session.find(table, columns, keys);
    if (!rows.ok()) return Fail{rows.error()};
    return page_of(table, *rows);
}

// A sum of row hashes does not depend on the order of rows.
class Digest {
public:
    void add(const Row& row) {
        std::string text;
        for (const auto& cell : row) {
            const auto cell_text = text_of(cell);
            text += std::to_string(cell.index()) + ":" + std::to_string(cell_text.size()) + ":" +
                    cell_text;
        }
        const auto hash = platform::sha256(text);
        unsigned carry = 0;
        for (std::size_t i = sum_.size(); i-- > 0;) {
            carry += unsigned{sum_[i]} + hash[i];
            sum_[i] = static_cast<std::uint8_t>(carry & 0xFFU);
            carry >>= 8U;
        }
    }
    std::string text() const {
        return platform::hex({reinterpret_cast<const char*>(sum_.data()), sum_.size()});
    }

private:
    std::array<std::uint8_t, 16> sum_{};
};

Difference missing(const sql::Table& table, const Row& row, std::string_view detail) {
    return {std::string(table.name), described(table, row, 0, table.key_columns),
            std::string(detail)};
}

Difference changed(const sql::Table& table, const Row& is, const Row& should_be) {
    std::size_t column = table.key_columns;
    while (is[column] == should_be[column]) ++column;
    return {std::string(table.name), described(table, is, 0, table.key_columns),
            described(table, is, column, column + 1) + "; the journal says " +
                shown(should_be[column])};
}

// What a comparison walks through: both stores in one snapshot each.
struct Sides {
    sql::Session& live;
    sql::Session& replayed;
};

// Every row of the live table has a twin, or `difference` says which has none.
sql::Status compare_live_rows(const Sides& sides, const sql::Table& table, TableDigest& digest,
                              std::optional<Difference>& difference) {
    Digest sum;
    std::optional<Row> last;
    for (;;) {
        const auto page = next_page(sides.live, table, last);
        if (!page.ok()) return Fail{page.error()};
        if (page->empty()) break;
        const auto twins = twins_of(sides.replayed, table, *page);
        if (!twins.ok()) return Fail{twins.error()};
        for (const auto& [key, row] : *page) {
            const auto twin = twins->find(key);
            if (twin == twins->end())
                difference = missing(table, row, "is there, but does not follow from the journal");
            else if (twin->second != row)
                difference = changed(table, row, twin->second);
            if (difference) return domain::Done{};
            sum.add(row);
            ++digest.rows;
        }
    }
    digest.digest = sum.text();
    return domain::Done{};
}

// Every row that follows from the journal is there.
sql::Status find_lost_rows(const Sides& sides, const sql::Table& table,
                           std::optional<Difference>& difference) {
    std::optional<Row> last;
    for (;;) {
        const auto page = next_page(sides.replayed, table, last);
        if (!page.ok()) return Fail{page.error()};
        if (page->empty()) return domain::Done{};
        const auto twins = twins_of(sides.live, table, *page);
        if (!twins.ok()) return Fail{twins.error()};
        for (const auto& [key, row] : *page) {
            if (twins->contains(key)) continue;
            difference = missing(table, row, "is not there, but follows from the journal");
            return domain::Done{};
        }
    }
}

sql::Status compare_tables(const Sides& sides, Verification& found) {
    for (const auto* table : generation_tables()) {
        TableDigest digest{table->name, 0, {}};
        auto done = compare_live_rows(sides, *table, digest, found.difference);
        if (done.ok() && !found.difference) done = find_lost_rows(sides, *table, found.difference);
        if (!done.ok() || found.difference) return done;
        found.tables.push_back(std::move(digest));
    }
    return domain::Done{};
}

// Where both stand: position and hashes of what was read.
sql::Status compare_checkpoints(const Sides& sides, Verification& found) {
    const auto live = journal::checkpoints(sides.live);
    if (!live.ok()) return Fail{live.error()};
    const auto others = journal::checkpoints(sides.replayed);
    if (!others.ok()) return Fail{others.error()};
    std::map<std::int32_t, Checkpoint> by_partition;
    for (const auto& checkpoint : *others) by_partition[checkpoint.partition] = checkpoint;
    for (const auto& is : *live) {
        found.records += is.next;
        const auto& should_be = by_partition[is.partition];
        if (is.next == should_be.next && is.last_hash == should_be.last_hash &&
            is.chain_hash == should_be.chain_hash && is.journal == should_be.journal) {
            continue;
        }
        found.difference = {"read.checkpoints", "log_partition " + std::to_string(is.partition),
                            "next " + std::to_string(is.next) + ", chain " + is.chain_hash +
                                "; the journal says next " + std::to_string(should_be.next) +
                                ", chain " + should_be.chain_hash};
        return domain::Done{};
    }
    return domain::Done{};
}

}  // namespace

sql::Result<Verification> compare_generations(sql::Session& live, sql::Session& replayed) {
    Verification found;
    found.generation = live.generation();
    const Sides sides{live, replayed};
    auto done = compare_checkpoints(sides, found);
    if (done.ok() && !found.difference) done = compare_tables(sides, found);
    if (!done.ok()) return Fail{done.error()};
    return found;
}

// Most of the replay is done before the snapshot is opened, so that this is short-lived; what came
// in between is replayed under it.
domain::Result<Verification, std::string> verify(sql::Store& live, sql::Store& scratch,
                                                 journal::Journal& log, Replay::Told told) {
    Replay replay(scratch, log, std::move(told));
    const auto status = projection_status(live, nullptr);
    if (!status.ok()) return Fail{"the store: " + status.error().detail};
    std::vector<Checkpoint> first;
    for (const auto& partition : status->partitions) first.push_back(partition.checkpoint);
    const auto replayed = replay.reach(first);
    if (!replayed.ok()) return Fail{replayed.error()};
    Verification found;
    std::string problem;
    const auto done = live.transact(as_reader, [&](sql::Session& session) -> sql::Status {
        const auto now = journal::checkpoints(session);
        if (!now.ok()) return Fail{now.error()};
        if (const auto caught_up = replay.reach(*now); !caught_up.ok()) {
            problem = caught_up.error();
            return domain::Done{};
        }
        return scratch.transact(as_reader, [&](sql::Session& replayed_session) -> sql::Status {
            auto compared = compare_generations(session, replayed_session);
            if (!compared.ok()) return Fail{compared.error()};
            found = std::move(compared).value();
            return domain::Done{};
        });
    });
    if (!done.ok()) return Fail{"the store: " + done.error().detail};
    if (!problem.empty()) return Fail{std::move(problem)};
    return found;
}

}  // namespace outlay::workers
