// The checkpoint row of a partition: made when it is missing, moved by compare-and-set only.
// Confined to the session's thread.
#pragma once

#include <optional>
#include <string>

#include "journal/history.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

// One partition, in generations whose rows have `mode`. Where it names a workspace, nothing but
// what concerns that is judged and projected, and records of others may be missing.
struct Lane {
    std::int32_t partition = 0;
    std::int32_t partition_count = 1;
    std::string mode = "active";
    std::optional<domain::WorkspaceId> workspace{};
    bool is_measured = false;  // a projector's: what it does is counted in the metrics
};

// The row as it is, made if there is none. What lies below `log_end` when the row is made, and the
// store has no mark of effects yet, has no effects.
sql::Result<journal::Checkpoint> read_or_make_checkpoint(sql::Session& session, const Lane& lane,
                                                         std::int64_t log_end);

// Whether a generation that is not the active one stays within it: it never shows a record that the
// active one has not projected. To be asked after the row has been moved to `next`.
sql::Result<bool> is_within_active(sql::Session& session, std::int32_t partition,
                                   std::int64_t next);

// A row that is wished to go from exactly where `from` says to `wished`, halt included.
struct Move {
    const journal::Checkpoint& from;
    const journal::Checkpoint& wished;
};
// Moves rows of different partitions; false if one of them is not there any more, has another mode,
// or is halted for another cause than `from` knows: then the transaction is to be given up.
sql::Result<bool> move_checkpoints(sql::Session& session, std::string_view mode,
                                   std::span<const Move> moves);

// The checkpoint behind these records, which follow `before` without gap; not halted.
journal::Checkpoint checkpoint_after(const journal::Checkpoint& before,
                                     std::span<const journal::Record> records);

}  // namespace outlay::workers
