// How far the projection has come, for `outlay status` and readiness. Blocks; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/history.hpp"
#include "journal/journal.hpp"
#include "platform/sql.hpp"
#include "workers/generations.hpp"
#include "workers/halting_record.hpp"
#include "workers/mismatches.hpp"
#include "workers/row_pages.hpp"

namespace outlay::workers {

struct PartitionStatus {
    journal::Checkpoint checkpoint;
    std::optional<std::int64_t> end;  // the journal's; empty if it cannot be asked
    std::optional<std::int64_t> lag;  // records that are not projected yet
    std::string remedy;               // of a halt, a sentence for an operator
    // Of `look_at_next`: the record that is to be projected next, and since when it waits.
    std::optional<domain::Instant> waiting_since{};
    std::optional<HaltingRecord> halting{};  // of a halt that a skip clears
};

struct ProjectionStatus {
    std::int64_t generation = 0;            // the active one
    std::vector<Generation> generations{};  // all of them
    std::vector<PartitionStatus> partitions;
    std::int64_t projected = 0;  // records, in all partitions
    std::int64_t lag = 0;        // in all partitions whose end is known
    std::int64_t halted = 0;     // partitions that stand still
    ReconciliationStatus reconciliation{};
};

// Without a journal (null) ends and lags are empty.
sql::Result<ProjectionStatus> projection_status(sql::Store& store, journal::Journal* log);
// Reads a record of each partition that lags or stands still.
void look_at_next(ProjectionStatus& status, journal::Journal& log);

// The records that rows rest on: of one workspace those of its partition, else all.
std::int64_t projected_for(const ProjectionStatus& status, const RowScope& rows);

}  // namespace outlay::workers
