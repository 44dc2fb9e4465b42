// What a decider may know besides state and command. Time, ids and the workspace's local day come
// in here, so that deciders are pure. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "domain/values/dates.hpp"
#include "domain/values/ids.hpp"

namespace outlay::domain {

enum class Role { viewer, member, admin, owner };  // ascending power

// The member or service account on whose behalf a command is decided. `user` is set for people.
struct Actor {
    MemberId member;
    std::optional<UserId> user;
    bool operator==(const Actor&) const = default;
};

struct Context {
    Actor actor;
    Instant now;
    Date today;  // the local day of the workspace's zone at `now`
    CommandId command;
    // Derives the id of the n-th thing that this command creates: a function of the command id
    // alone, so a retry makes the same ids.
    Uuid (*derive)(const CommandId& command, std::uint32_t index) = nullptr;

    template <typename AnyId>
    AnyId make_id(std::uint32_t index) const {
        return AnyId{derive(command, index)};
    }
};

// What the log says about an event beside its payload; `evolve` may keep it.
struct EventMeta {
    EventId id;
    std::uint64_t version = 0;  // of the aggregate after the event; the first event makes 1
    Instant decided_at;
    Actor actor;
    CommandId command;
};

}  // namespace outlay::domain
