// Whether the brokers can be spoken with, and if not, why: a client only says that it has no
// connection, and goes on trying for ever.
#pragma once

#include <string>

#include "platform/clock.hpp"
#include "platform/kafka/options.hpp"

namespace outlay::kafka {

enum class Reach {
    reached,
    away,    // nobody answers, or not yet
    refused  // one of both does not believe the other: waiting does not help
};
struct ReachAnswer {
    Reach reach = Reach::away;
    std::string detail{};  // unless reached
};

// Blocks until a broker has answered or refused, at most until the deadline. Any thread.
ReachAnswer reach(const ClientOptions& options, platform::Deadline deadline);

}  // namespace outlay::kafka
