// Lifetime: the life of a role from its start to its end, as signals shape it. Made once per
// process, by the main thread and before any other thread starts, so that all of them leave signals
// to this object; it outlives the role's parts.
//
// SIGTERM and SIGINT: while the role starts, the process ends at once (0: nothing was under way);
// then they begin the end, which the role carries out. A second one ends the process at once (130),
// and an end that lasts too long is given up (1). SIGHUP: reload; but the loss of the terminal that
// the role was started on ends it. SIGPIPE is ignored.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "app/health.hpp"
#include "app/place.hpp"
#include "app/settings.hpp"

namespace outlay::app {

// The settings as their sources tell of them now; the error names what is wrong with them.
using ReadAgain = std::function<Outcome<Settings>()>;

struct Duties {
    // Whether the role does its work; asked every few seconds, for the supervisor's watchdog.
    // Need not return if it does not.
    std::function<bool()> works;
    std::function<void()> reload;  // at SIGHUP, what is more than the log's level
};

class Lifetime {
public:
    Lifetime(const Settings& settings, ReadAgain read_again);
    Lifetime(const Lifetime&) = delete;
    Lifetime& operator=(const Lifetime&) = delete;

    // For readiness: fails from the very beginning of the end on. Any thread.
    Check check() const;
    // The role is ready: returns when it has to end. Tells the supervisor of both.
    void run(const Duties& duties);

private:
    struct State;
    void reload(const Duties& duties) const;

    ReadAgain read_again_;
    std::shared_ptr<State> state_;  // shared with the thread that waits for signals until the end
};

}  // namespace outlay::app
