// Reading, making and moving checkpoint rows.
#include "workers/checkpoint.hpp"

#include <array>

#include "journal/tables.hpp"
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
    const auto made = session.write(journal::tables::checkpoints, sql::OnConflict::ignore, cells);
    if (!made.ok() || lane.mode != "active") return made;
    return effects::begin(session, lane.partition, log_end - 1);
}

std::optional<std::string> halt_name(const Checkpoint& checkpoint) {
    if (!checkpoint.halt) return std::nullopt;
    return std::string(journal::halt_cause_name(*checkpoint.halt));
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

sql::Result<bool> move_checkpoint(sql::Session& session, const Lane& lane, const Checkpoint& from,
                                  const Checkpoint& wished) {
    const std::optional<std::string> detail =
        wished.halt ? std::optional(wished.halt_detail) : std::nullopt;
    const std::array parameters{cell(wished.next),
                                cell(wished.last_hash),
                                cell(wished.chain_hash),
                                cell(wished.journal),
                                cell(halt_name(wished)),
                                cell(detail),
                                cell(from.partition),
                                cell(from.next),
                                cell(from.last_hash),
                                cell(lane.mode),
                                cell(halt_name(from).value_or(""))};
    const auto changed = session.execute(
        "UPDATE read.checkpoints SET next_offset = $1, last_hash = $2, chain_hash = $3,"
        " journal = $4, halt_cause = $5, halt_detail = $6"
        " WHERE log_partition = $7 AND next_offset = $8 AND last_hash = $9 AND mode = $10"
        " AND (halt_cause IS NULL OR halt_cause = $11)",
        parameters);
    if (!changed.ok()) return domain::Fail{changed.error()};
    return *changed != 0;
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
