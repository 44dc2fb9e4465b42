// Snapshot: everything a final answer rests on, read in one store snapshot: whether the command is
// settled already, and the states with their versions. Blocking; runs on a pool thread.
#pragma once

#include <optional>
#include <string>

#include "journal/guards.hpp"
#include "journal/history.hpp"

namespace outlay::journal {

// The outcome of a command that was settled before, with its target as it was at that commit.
struct Replay {
    Settled settled;
    std::string aggregate;
    std::optional<Versioned> target;  // of an admitted command
    std::string event_type;           // of its first event; "" for a no-op
    Problem problem;                  // of a closed one
};

struct Snapshot {
    std::optional<Replay> replay;  // set: the rest is not loaded
    bool is_behind = false;        // of the position that was asked for; the rest is not loaded
    SharedVersioned workspace;
    SharedVersioned categories;  // null unless asked for
    SharedVersioned target;      // null for a new target
    SharedVersioned also;        // null unless asked for
};

struct SnapshotQuery {
    domain::WorkspaceId workspace;
    std::optional<domain::CommandId> command;  // looked up first
    std::string target;                        // "" : nothing beside the guards
    bool with_categories = false;
    std::optional<Position> at_least{};  // not needed to tell of a settled command
    std::string also{};                  // a second aggregate; "" : none
};
sql::Result<Snapshot> take_snapshot(sql::Store& store, const SnapshotQuery& query);

}  // namespace outlay::journal
