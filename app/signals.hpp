// Waiting for the signal to end. Call block_signals before any thread starts, so that every thread
// inherits the mask and only `wait_for_end` sees SIGINT and SIGTERM.
#pragma once

#include <chrono>

namespace outlay::app {

void block_signals();  // SIGINT, SIGTERM; SIGPIPE is ignored
// Returns at the first signal; from then on a second one ends the process at once with status 130.
void wait_for_end();
// The same for at most `patience`; false if no signal came.
bool wait_for_end(std::chrono::milliseconds patience);

}  // namespace outlay::app
