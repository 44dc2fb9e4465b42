// Verify: proves that the live read models are the fold of the journal, or names the first row that
// is not. The journal is replayed into a scratch store up to the live checkpoints; then checkpoints
// and rows are compared under one snapshot of the live store, while it goes on. Blocks; confined to
// one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal.hpp"
#include "platform/sql.hpp"
#include "workers/replay.hpp"
#include "workers/state_digest.hpp"

namespace outlay::workers {

// The first row found that differs.
struct Difference {
    std::string table;
    std::string key;     // of the row, columns and values
    std::string detail;  // what is there and what should be
};

struct TableDigest {
    std::string_view table;
    std::int64_t rows = 0;
    std::string digest;  // of all rows in any order, 32 hexadecimal digits
};

struct Verification {
    std::int64_t generation = 0;
    std::int64_t records = 0;         // of the journal that the compared state rests on
    std::vector<TableDigest> tables;  // those that were compared to the end
    std::optional<Difference> difference;
    std::optional<StateDigest> state;  // of the live rows; empty if they differ
};

// Compares two sets of read models, each in the snapshot of its session: checkpoints and rows.
// `live` is the one whose rows are in question. On the sessions' thread.
sql::Result<Verification> compare_generations(sql::Session& live, sql::Session& replayed);

// Replays all that the journal holds into `scratch`, an empty, migrated store, and answers the
// state that follows from it. No live store is needed.
domain::Result<Verification, std::string> replay_state(sql::Store& scratch, journal::Journal& log,
                                                       Replay::Told told);

// `scratch` is an empty, migrated store. `told` hears of the replay's progress; about as many
// records are to come as projection_status says are projected. The error is a sentence for an
// operator: the comparison could not be made.
domain::Result<Verification, std::string> verify(sql::Store& live, sql::Store& scratch,
                                                 journal::Journal& log, Replay::Told told);

}  // namespace outlay::workers
