// How each kind of channel wants to be treated: how fast, what its refusals mean, and whether
// several messages about one budget may become one. Pure; any thread.
#pragma once

#include <span>

#include "domain/channel/events.hpp"
#include "workers/notifier/schedule.hpp"

namespace outlay::workers::notifier {

struct Manners {
    // Waits until nothing has come for so long, so that what comes together goes together.
    Pause settling{};
    Pause pace{};          // between two messages
    bool gathers = false;  // people read it: one message tells all that waits about a budget
    // How much its readers bear where the channel does not say; none: everything.
    std::optional<domain::channel::RateLimit> usual_rate{};
    // Answers after which nothing is sent any more until somebody opens the channel again.
    std::span<const int> final_statuses{};
    Pause retry_least{};  // before it is tried again, whatever the schedule says
};
const Manners& manners_of(domain::channel::Kind kind);

}  // namespace outlay::workers::notifier
