// Journal proof: walks a partition from its first record on and finds the first position that
// cannot be right: unreadable, missing, malformed, without its history; or, where a store is at
// hand, other than what was projected. Blocks; confined to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journal/walk.hpp"
#include "platform/sql.hpp"
#include "workers/export.hpp"

namespace outlay::workers {

struct BadPosition {
    journal::Position position;
    std::string detail;
};

struct ProvenPartition {
    std::int32_t partition = 0;
    std::string journal{};
    std::int64_t records = 0;   // that were found good
    std::int64_t compared = 0;  // of them, with a store
    std::optional<BadPosition> bad{};
};

// The walk could not go on, though nothing is known to be wrong.
struct ProofError {
    std::string detail;
};

// `store` may be null. What is behind its checkpoints is walked, but not compared.
domain::Result<ProvenPartition, ProofError> prove_partition(journal::Journal& log,
                                                            std::int32_t partition,
                                                            sql::Store* store,
                                                            const ReadTold& told);

}  // namespace outlay::workers
