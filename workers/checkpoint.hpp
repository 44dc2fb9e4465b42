// The checkpoint row of a partition: made when it is missing, moved by compare-and-set only.
// Confined to the session's thread.
#pragma once

#include <string>

#include "journal/history.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

// One partition, in generations whose rows have `mode`.
struct Lane {
    std::int32_t partition = 0;
    std::int32_t partition_count = 1;
    std::string mode = "active";
};

// The row as it is, made if there is none. What lies below `log_end` when the row is made, and the
// store has no mark of effects yet, has no effects.
sql::Result<journal::Checkpoint> read_or_make_checkpoint(sql::Session& session, const Lane& lane,
                                                         std::int64_t log_end);

// Moves the row from exactly where `from` says to `wished`, halt included; false if it is not
// there any more, has another mode, or is halted for another cause than `from` knows.
sql::Result<bool> move_checkpoint(sql::Session& session, const Lane& lane,
                                  const journal::Checkpoint& from,
                                  const journal::Checkpoint& wished);

// The checkpoint behind these records, which follow `before` without gap; not halted.
journal::Checkpoint checkpoint_after(const journal::Checkpoint& before,
                                     std::span<const journal::Record> records);

}  // namespace outlay::workers
