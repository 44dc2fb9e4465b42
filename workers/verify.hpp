// Verify: proves that the live read models are the fold of the journal, or names the first row that
// is not. The journal is replayed into a scratch store up to the live checkpoints; then checkpoints
// and rows are compared under one snapshot of the live store, while it goes on. Blocks; confined to
// one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "platform/sql.hpp"
#include "workers/projection.hpp"
#include "workers/replay.hpp"
#include "workers/row_comparison.hpp"
#include "workers/state_digest.hpp"

namespace outlay::workers {

struct Verification {
    std::int64_t generation = 0;
    std::int64_t records = 0;         // of the journal that the compared state rests on
    std::vector<TableDigest> tables;  // those that were compared to the end
    std::optional<Difference> difference;
    std::optional<StateDigest> state;  // of the live rows; empty if they differ, or not all were
                                       // looked at
};

// What is compared.
struct Selection {
    RowScope rows{};
    std::span<const sql::Table* const> tables = generation_tables();
};

// Where the checkpoints of two sets of read models differ, among those that the rows rest on; each
// in the snapshot of its session. `records` counts what they rest on.
sql::Result<std::optional<Difference>> compare_checkpoints(sql::Session& live,
                                                           sql::Session& replayed,
                                                           const RowScope& rows,
                                                           std::int64_t& records);

// Compares two sets of read models, each in the snapshot of its session: checkpoints and rows.
// `live` is the one whose rows are in question. On the sessions' thread.
sql::Result<Verification> compare_generations(sql::Session& live, sql::Session& replayed,
                                              const Selection& selection = {});

// Replays all that the journal holds into `scratch`, an empty, migrated store, and answers the
// state that follows from it; with `to` what lies before that position in its partition, and
// nothing of the others. No live store is needed.
domain::Result<Verification, std::string> replay_state(
    sql::Store& scratch, journal::Journal& log, Replay::Told told,
    const std::optional<journal::Position>& to = std::nullopt);

// `scratch` is an empty, migrated store. `told` hears of the replay's progress; about as many
// records are to come as projection_status says are projected. The error is a sentence for an
// operator: the comparison could not be made.
domain::Result<Verification, std::string> verify(sql::Store& live, sql::Store& scratch,
                                                 journal::Journal& log, Replay::Told told,
                                                 const Selection& selection = {});

}  // namespace outlay::workers
