// Commands of a channel and the rules that answer them. Whether an address may be called at all is
// judged before, by who knows the network.
#pragma once

#include <optional>

#include "domain/channel/state.hpp"
#include "domain/values/refusal.hpp"

namespace outlay::domain::channel {

using Events = std::vector<Event>;

inline constexpr std::size_t patterns_max = 20;

struct RegisterChannel {  // the channel's id is index 0 of the derived ids
    Kind kind = Kind::webhook;
    std::string description{};
    std::vector<std::string> events{};
    Target target{};
    Uuid secret{};
};
struct EditChannel {  // what PATCH asks; unset: unchanged
    std::optional<std::string> description{};
    std::optional<std::vector<std::string>> events{};
    std::optional<Target> target{};
    std::optional<bool> paused{};
};
struct RotateSecret {
    Uuid secret{};
};
struct RemoveChannel {};

Decision<Events> decide(const Channel&, const RegisterChannel&, const Context&);
Decision<Events> decide(const Channel&, const EditChannel&, const Context&);
Decision<Events> decide(const Channel&, const RotateSecret&, const Context&);
Decision<Events> decide(const Channel&, const RemoveChannel&, const Context&);

}  // namespace outlay::domain::channel
