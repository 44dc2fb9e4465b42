// Repair: puts the rows of one workspace back to what follows from the journal, beside projectors
// that go on (ADR 0050). The journal's partition is replayed for that workspace alone into a
// scratch store; rows that differ are replaced in one transaction that holds the checkpoint, as a
// projector's step does. Nothing is told to anybody: rows are mended, nothing happened. Safe to
// kill at any point and to run again. Blocks; confined to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "platform/clock.hpp"
#include "platform/sql.hpp"
#include "workers/replay_beside.hpp"
#include "workers/row_comparison.hpp"

namespace outlay::workers {

struct RepairParts {
    sql::Store& live;
    sql::Store& scratch;  // empty and migrated
    journal::Journal& log;
    const platform::Clock& clock;
    std::string operator_name;  // for the audit
};

// What a look found.
struct Damage {
    std::int64_t generation = 0;
    std::int64_t records = 0;               // of the partition, at which both were compared
    std::int64_t rows = 0;                  // of the workspace, live
    std::vector<Difference> differences{};  // the first ones
    std::map<std::string, std::int64_t> by_table{};  // how many differ
    std::int64_t total() const;
};

class Repair {
public:
    template <typename T>
    using Outcome = domain::Result<T, std::string>;  // the error is a sentence for an operator

    // Of the differences that a look finds, so many are described.
    static constexpr std::size_t described_max = 100;

    Repair(RepairParts parts, domain::WorkspaceId workspace, Replay::Told told);

    // Compares every row; changes nothing.
    Outcome<Damage> look();
    // Replaces the rows that the last look found, as far as they still differ, and answers how many
    // those were. What rested on them may differ only now: look again.
    Outcome<std::int64_t> mend();
    // After a look that found nothing: if reconciliation had found something, that is over.
    Outcome<bool> note_match();

private:
    using Keys = std::map<const sql::Table*, Page>;  // of rows that differ; the keys count
    sql::Status replace(sql::Session& live, sql::Session& replayed, std::int64_t& replaced);
    sql::Status write_audit(sql::Session& session, std::int64_t replaced);

    RepairParts parts_;
    domain::WorkspaceId workspace_;
    RowScope rows_;
    ReplayBeside beside_;
    Keys found_;
    std::int64_t records_ = 0;  // of the partition, at the last look
};

}  // namespace outlay::workers
