// Facts of one notification channel. Where it leads to and what it signs with never enter events:
// both are kept sealed in the store, and events name the sealed form by its id. Storage format:
// fields are only ever added.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "domain/context.hpp"

namespace outlay::domain::channel {

enum class Kind { webhook };

// Where a channel leads to: what people are shown of it, and the id of the sealed whole.
struct Target {
    std::string shown{};
    Uuid sealed;
    bool operator==(const Target&) const = default;
};

struct ChannelRegistered {
    Kind kind = Kind::webhook;
    std::string description{};
    std::vector<std::string> events{};  // patterns of message types, "alert.*"
    Target target;
    Uuid secret;  // the id of the sealed secret
    bool operator==(const ChannelRegistered&) const = default;
};
struct ChannelUpdated {  // all of it as it is from now on
    std::string description{};
    std::vector<std::string> events{};
    Target target;
    bool operator==(const ChannelUpdated&) const = default;
};
struct ChannelPaused {
    bool operator==(const ChannelPaused&) const = default;
};
struct ChannelResumed {
    bool operator==(const ChannelResumed&) const = default;
};
struct ChannelSecretRotated {
    Uuid secret;
    bool operator==(const ChannelSecretRotated&) const = default;
};
struct ChannelRemoved {
    bool operator==(const ChannelRemoved&) const = default;
};

using Event = std::variant<ChannelRegistered, ChannelUpdated, ChannelPaused, ChannelResumed,
                           ChannelSecretRotated, ChannelRemoved>;

}  // namespace outlay::domain::channel
