// Comparison of two stores, page by page along the keys. Rows are looked up by key, so that the
// databases may sort as they like.
#include "workers/verify.hpp"

#include <map>

#include "workers/cells.hpp"
#include "workers/projection.hpp"
#include "workers/row_changes.hpp"
#include "workers/row_pages.hpp"
#include "workers/status.hpp"

namespace outlay::workers {

namespace {

using domain::Fail;
using journal::Checkpoint;

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

sql::Result<Page> twins_of(sql::Session& session, const sql::Table& table, const Page& page) {
    std::vector<std::string_view> columns;
    for (const auto& column : table.columns) columns.push_back(column.name);
    Row keys;
    for (const auto& [key, row] : page) keys.insert(keys.end(), key.begin(), key.end());
    const auto rows = session.find(table, columns, keys);
    if (!rows.ok()) return Fail{rows.error()};
    return page_of(table, *rows);
}

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

// What a comparison walks through: both stores in one snapshot each, and what the live one says.
struct Sides {
    sql::Session& live;
    sql::Session& replayed;
    StateDigest& state;
};

// Every row of the live table has a twin, or `difference` says which has none.
sql::Status compare_live_rows(const Sides& sides, const sql::Table& table, TableDigest& digest,
                              std::optional<Difference>& difference) {
    HashSum sum;
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
            sum.add(row_text(row));
            sides.state.add(table, row);
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
    StateDigest state;
    const Sides sides{live, replayed, state};
    auto done = compare_checkpoints(sides, found);
    if (done.ok() && !found.difference) done = compare_tables(sides, found);
    if (!done.ok()) return Fail{done.error()};
    if (!found.difference) found.state = std::move(state);
    return found;
}

domain::Result<Verification, std::string> replay_state(sql::Store& scratch, journal::Journal& log,
                                                       Replay::Told told) {
    Replay replay(scratch, log, std::move(told));
    Verification found;
    std::vector<Checkpoint> wished;
    for (std::int32_t partition = 0; partition < log.partition_count(); ++partition) {
        const auto end = log.end(partition);
        if (!end.ok()) return Fail{"the journal: " + end.error().detail};
        auto& checkpoint = wished.emplace_back();
        checkpoint.partition = partition;
        checkpoint.next = *end;
        found.records += *end;
    }
    if (const auto replayed = replay.reach(wished); !replayed.ok()) return Fail{replayed.error()};
    const auto done = scratch.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        auto state = digest_of(session);
        if (!state.ok()) return Fail{state.error()};
        found.state = std::move(state).value();
        return domain::Done{};
    });
    if (!done.ok()) return Fail{"the scratch file: " + done.error().detail};
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
    const auto done = live.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        const auto now = journal::checkpoints(session);
        if (!now.ok()) return Fail{now.error()};
        if (const auto caught_up = replay.reach(*now); !caught_up.ok()) {
            problem = caught_up.error();
            return domain::Done{};
        }
        return scratch.transact(sql::as_reader, [&](sql::Session& replayed_session) -> sql::Status {
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
