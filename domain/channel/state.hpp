// The state of one channel. Values; any thread.
#pragma once

#include <optional>

#include "domain/channel/events.hpp"

namespace outlay::domain::channel {

struct Channel {
    bool exists = false;  // from its registration until it is removed
    bool removed = false;
    bool paused = false;
    bool unconfirmed = false;
    Kind kind = Kind::webhook;
    std::string description;
    std::vector<std::string> events;
    Target target;
    std::optional<Format> format;
    Routing routing;
    Timing timing;
    Signature signature = Signature::v1;
    Uuid secret;
    // Messages are signed with both for a while after a rotation.
    std::optional<Uuid> previous_secret;
    std::optional<Instant> rotated_at;
    Instant created_at;
    Instant updated_at;
    bool operator==(const Channel&) const = default;
};

void evolve(Channel& state, const Event& event, const EventMeta& meta);

}  // namespace outlay::domain::channel
