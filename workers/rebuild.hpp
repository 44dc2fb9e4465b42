// Rebuild: a second generation of read models, made from the journal beside the live one while that
// goes on, compared with it, and put in its place (DESIGN.md section 6). Every step may be killed
// at any point; the next rebuild goes on where it was. begin or begin_rollback, then catch_up, then
// compare and flip. Errors are sentences for an operator. Blocks; confined to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "migrations/migrations.hpp"
#include "platform/clock.hpp"
#include "workers/generations.hpp"
#include "workers/replay.hpp"
#include "workers/verify.hpp"

namespace outlay::workers {

struct RebuildParts {
    sql::Store& store;
    journal::Journal& log;
    std::span<const migrations::Migration> migrations;
    const platform::Clock& clock;
};

struct RebuildOptions {
    journal::ReadLimits batch = Replay::large_batches;
    std::size_t threads = 1;  // more only where the store takes several writers at once
    // Quicker, but making an index on full tables holds SQLite's only write lock for seconds.
    bool indexes_last = true;
    std::int64_t near = 500;  // records behind the live generation: few enough to freeze it for
};

class Rebuild {
public:
    template <typename T>
    using Outcome = domain::Result<T, std::string>;
    using Status = domain::Status<std::string>;

    Rebuild(RebuildParts parts, RebuildOptions options, Replay::Told told);

    // Goes on with the generation that an earlier rebuild did not finish, or makes a new one.
    Outcome<std::int64_t> begin();
    // The same with a generation that is kept aside for people to look at: it is never flipped.
    Outcome<std::int64_t> begin_aside();
    // Drops what is kept aside; does nothing if there is none.
    Status drop_aside();
    // Takes up the generation that was active before.
    Outcome<std::int64_t> begin_rollback();
    // Drops what an earlier rebuild did not finish; does nothing if there is none.
    Status abandon();

    // Comes near the live generation, however far that goes on meanwhile.
    Status catch_up();
    // Goes no further than `end` in its partition, which is not projected itself; other partitions
    // are left out.
    Status catch_up(const journal::Position& end);
    // Brings both to the same records and compares every row; the live one stands still only until
    // the snapshots are open.
    Outcome<Verification> compare();
    // Puts the new generation in the place of the live one, which stands still for that moment and
    // is kept to return to; older ones are dropped.
    Status flip();

    std::int64_t generation() const { return shadow_; }
    std::int64_t replaced() const { return live_; }

private:
    Outcome<std::int64_t> begin(std::string_view state);
    Status drop_all_in(std::span<const std::string_view> states);
    void take(std::int64_t generation);
    Outcome<std::vector<journal::Checkpoint>> live_checkpoints();
    Outcome<std::int64_t> lag();
    Status reach_live();
    Status freeze_and_draw_level();
    Outcome<std::optional<Verification>> compare_if_level();
    Status switch_over();
    Status drop_older();

    RebuildParts parts_;
    RebuildOptions options_;
    Replay::Told told_;
    std::int64_t live_ = 0;
    std::int64_t shadow_ = 0;
    std::unique_ptr<GenerationView> view_;  // of the shadow
    std::unique_ptr<Replay> replay_;        // into it
};

}  // namespace outlay::workers
