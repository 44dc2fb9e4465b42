// How tools learn that they shall end: they block signals before any thread starts and ask between
// two steps of their work. Roles have a Lifetime instead.
#pragma once

#include <chrono>

namespace outlay::app {

void block_signals();  // SIGINT, SIGTERM; SIGPIPE is ignored
// Waits for a signal, at most `patience`; false if none came. From then on a second one ends the
// process at once with status 130.
bool wait_for_end(std::chrono::milliseconds patience);

}  // namespace outlay::app
