// Notices of partitions that stand still and of their going on, for workspaces in which a channel
// chooses them (ADR 0032). They stand beside the outbox's messages like those about channels: they
// come from no fact, and no replay knows them. Confined to the projector's thread.
#pragma once

#include <cstdint>
#include <map>

#include "journal/history.hpp"
#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

class HaltNotices {
public:
    HaltNotices(sql::Store& store, const platform::Clock& clock) : store_(store), clock_(clock) {}

    // A partition of the active generation as it stands now. A halt is told once, by whichever
    // process and however often it is seen, and so is its end, also where the next one follows at
    // once; what cannot be told is told when it is seen again.
    // Blocks if there is something to tell.
    void note(const journal::Checkpoint& seen);

private:
    struct Halt {
        journal::Checkpoint checkpoint{};  // as it was then
        bool is_told = false;
    };
    bool tell(const journal::Checkpoint& halted, std::string_view type);

    sql::Store& store_;
    const platform::Clock& clock_;
    std::map<std::int32_t, Halt> halts_;  // by partition
};

}  // namespace outlay::workers
