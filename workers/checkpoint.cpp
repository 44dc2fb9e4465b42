// Reading, making and moving checkpoint rows.
#include "workers/checkpoint.hpp"

#include <array>
#include <vector>

#include "journal/tables.hpp"
#include "platform/sql_dialect.hpp"
#include "workers/cells.hpp"
#include "workers/effects.hpp"

namespace outlay::workers {

namespace {

using journal::Checkpoint;

sql::Result<std::optional<Checkpoint>> read(sql::Session& session, const Lane& lane) {
    const auto all = journal::checkpoints(session);
    if (!all.ok()) return domain::Fail{all.error()};
    for (const auto& checkpoint : *all) {
        if (checkpoint.partition == lane.partition) return std::optional(checkpoint);
    }
    return std::optional<Checkpoint>{};
}

sql::Status make(sql::Session& session, const Lane& lane, std::int64_t log_end) {
    const sql::Value null = sql::Null{};
    const std::array cells{cell(lane.partition),
                           cell(std::int64_t{0}),
                           cell(""),
                           cell(""),
                           cell(""),
                           cell(lane.mode),
                           null,
                           null};
    auto made = session.write(journal::tables::checkpoints, sql::OnConflict::ignore, cells);
    if (!made.ok() || lane.mode != "active") return made;
    return effects::begin(session, lane.partition, log_end - 1);
}

std::optional<std::string> halt_name(const Checkpoint& checkpoint) {
    if (!checkpoint.halt) return std::nullopt;
    return std::string(journal::halt_cause_name(*checkpoint.halt));
}

// A row of VALUES; both stores have to be told the types of its parameters.
std::string add_move(const Move& move, std::vector<sql::Value>& parameters) {
    const auto& [from, wished] = move;
    const std::optional<std::string> detail =
        wished.halt ? std::optional(wished.halt_detail) : std::nullopt;
    std::string row;
    const auto add = [&](sql::Value value, std::string_view type) {
        parameters.push_back(std::move(value));
        sql::append_item(row, "CAST(" + sql::parameter(parameters.size()));
        row.append(" AS ").append(type).append(")");
    };
    add(cell(from.partition), "bigint");
    add(cell(from.next), "bigint");
    add(cell(from.last_hash), "text");
    add(cell(halt_name(from).value_or("")), "text");
    add(cell(from.revision), "bigint");
    add(cell(wished.next), "bigint");
    add(cell(wished.last_hash), "text");
    add(cell(wished.chain_hash), "text");
    add(cell(wished.journal), "text");
    add(cell(halt_name(wished)), "text");
    add(cell(detail), "text");
    return "(" + row + ")";
}

}  // namespace

sql::Result<Checkpoint> read_or_make_checkpoint(sql::Session& session, const Lane& lane,
                                                std::int64_t log_end) {
    auto found = read(session, lane);
    if (found.ok() && !*found) {
        if (const auto made = make(session, lane, log_end); !made.ok()) {
            return domain::Fail{made.error()};
        }
        found = read(session, lane);
    }
    if (!found.ok()) return domain::Fail{found.error()};
    CHECK(found->has_value(), "a checkpoint that was just made");
    return **found;
}

// Rows are locked in the order of partitions, by which both the moves and the index are read.
sql::Result<bool> move_checkpoints(sql::Session& session, std::string_view mode,
                                   std::span<const Move> moves) {
    std::string rows;
    std::vector<sql::Value> parameters;
    for (const auto& move : moves) sql::append_item(rows, add_move(move, parameters));
    parameters.push_back(cell(mode));
    const auto changed = session.execute(
        "WITH moved(log_partition, from_offset, from_hash, from_halt, from_revision,"
        " next_offset, last_hash, chain_hash, journal, halt_cause, halt_detail) AS (VALUES " +
            rows +
            ") UPDATE read.checkpoints AS c SET next_offset = m.next_offset,"
            " last_hash = m.last_hash, chain_hash = m.chain_hash, journal = m.journal,"
            " halt_cause = m.halt_cause, halt_detail = m.halt_detail FROM moved m"
            " WHERE c.log_partition = m.log_partition AND c.next_offset = m.from_offset"
            " AND c.last_hash = m.from_hash AND c.revision = m.from_revision AND c.mode = " +
            sql::parameter(parameters.size()) +
            " AND (c.halt_cause IS NULL OR c.halt_cause = m.from_halt)",
        parameters);
    if (!changed.ok()) return domain::Fail{changed.error()};
    return *changed == static_cast<std::int64_t>(moves.size());
}

sql::Result<bool> is_within_active(sql::Session& session, std::int32_t partition,
                                   std::int64_t next) {
    const auto pointer = session.query("SELECT generation FROM outlay.active_generation");
    if (!pointer.ok()) return domain::Fail{pointer.error()};
    const auto own = session.generation();
    const auto active = pointer->empty() ? own : pointer->integer(0, 0);
    if (active == own) return true;  // a store of its own, for a comparison
    session.use_generation(active);
    const std::array parameters{cell(partition)};
    const auto rows = session.query(
        "SELECT next_offset FROM read.checkpoints WHERE log_partition = $1", parameters);
    session.use_generation(own);
    if (!rows.ok()) return domain::Fail{rows.error()};
    return !rows->empty() && next <= rows->integer(0, 0);
}

Checkpoint checkpoint_after(const Checkpoint& before, std::span<const journal::Record> records) {
    Checkpoint next = before;
    for (const auto& record : records) next.chain_hash = journal::chain(next.chain_hash, record);
    next.last_hash = journal::record_hash(records.back().value);
    next.next = records.back().position.offset + 1;
    next.halt.reset();
    next.halt_detail.clear();
    return next;
}

}  // namespace outlay::workers
