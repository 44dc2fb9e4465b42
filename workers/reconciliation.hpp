// Reconciliation: looks at one workspace after the other, folds the events that are stored of it
// into a scratch store and compares what it shows with that, beside projectors that go on (ADR
// 0051). It finds rows that were changed by hand, lost, or written by a bug that only some order of
// batches meets. Any number of processes may do it: each takes the partition that was not looked at
// for longest, and holds it for a while. Blocks; confined to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "platform/clock.hpp"
#include "platform/sql.hpp"
#include "workers/mismatches.hpp"
#include "workers/replay.hpp"

namespace outlay::workers {

struct ReconciliationOptions {
    // A workspace with more commits is passed over: `outlay verify --workspace` looks at it.
    std::int64_t commits_max = 200'000;
    std::chrono::minutes claim{15};  // of a partition, should its holder not come back
};

class Reconciliation {
public:
    template <typename T>
    using Outcome = domain::Result<T, std::string>;  // the error is a sentence for an operator

    // `told` hears of each batch of records that was folded; false ends the look.
    // `holder` is a name that no other running process has.
    Reconciliation(sql::Store& store, const platform::Clock& clock, std::int32_t partition_count,
                   std::string holder, Replay::Told told, ReconciliationOptions options = {});

    struct Target {
        domain::WorkspaceId workspace;
        std::int32_t partition = 0;
        bool is_too_large = false;
    };
    // The next workspace, with the claim to its partition. Empty: in this partition there is none
    // behind the last one, or others hold all of them; partitions take turns, so ask again.
    Outcome<std::optional<Target>> next();

    struct Look {
        std::int64_t rows = 0;  // that are there
        std::optional<Mismatch> mismatch{};
    };
    // Compares, notes what is found and gives the claim back. `scratch` is empty and migrated.
    Outcome<Look> look(const Target& target, sql::Store& scratch);
    // Gives the claim back without a look, or after one that failed; the next one is at the
    // workspace behind it.
    Outcome<domain::Done> pass_over(const Target& target);

private:
    sql::Result<std::optional<Target>> claim_next(sql::Session& session);
    sql::Status compare(sql::Session& live, sql::Session& folded, const Target& target,
                        Look& look) const;
    sql::Status note(sql::Session& session, const Target& target, const journal::Checkpoint& stood,
                     const Look& look) const;

    sql::Store& store_;
    const platform::Clock& clock_;
    std::int32_t partition_count_;
    std::string holder_;
    Replay::Told told_;
    ReconciliationOptions options_;
};

}  // namespace outlay::workers
