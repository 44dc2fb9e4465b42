// Replay: projects a journal from its beginning by the same code as the live projection, up to
// wished positions: into a store of its own, or into a generation that is not the active one. That
// is empty, or as an earlier replay of the same journal left it. No effects are asked for. Blocks;
// confined to one thread, which may share its work out to others.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "journal/history.hpp"
#include "journal/journal.hpp"
#include "platform/sql.hpp"
#include "workers/partition.hpp"

namespace outlay::workers {

class Replay {
public:
    // Called after each batch with the number of records that it projected, by one thread at a
    // time; false ends the replay.
    using Told = std::function<bool(std::int64_t records)>;

    // By default large batches: nobody waits for a single one.
    static constexpr journal::ReadLimits large_batches{
        .records_max = 5'000, .bytes_max = 8 << 20, .wait = std::chrono::milliseconds{2'000}};

    // `threads` work on several partitions at once, where the store takes more than one writer.
    // Of a workspace: only the rows of that one are made, though all records are read.
    Replay(sql::Store& store, journal::Journal& log, Told told,
           journal::ReadLimits batch = large_batches, std::size_t threads = 1,
           std::optional<domain::WorkspaceId> workspace = std::nullopt);

    // Carries every partition up to the `next` of its checkpoint. The error is a sentence for an
    // operator: the journal ended earlier, cannot be read, stopped at a record, or the replay was
    // ended.
    domain::Status<std::string> reach(const std::vector<journal::Checkpoint>& wished);

private:
    struct Shares;
    void work(Shares& shares);
    domain::Status<std::string> reach(Partition& partition, const journal::Checkpoint& wished);
    // Reads on from `from`, as far as the partition follows. True: at the wished position.
    domain::Result<bool, std::string> read_on(Partition& partition,
                                              const journal::Checkpoint& wished, std::int64_t from);

    sql::Store& store_;
    journal::Journal& log_;
    Told told_;
    journal::ReadLimits batch_;
    std::size_t threads_;
    std::optional<domain::WorkspaceId> workspace_;
    std::mutex telling_;
    std::map<std::int32_t, std::unique_ptr<Partition>> partitions_;
};

}  // namespace outlay::workers
