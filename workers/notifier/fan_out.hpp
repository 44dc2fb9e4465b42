// Fan-out: a message of the outbox becomes one delivery for every channel of its workspace that
// wants it. Blocks; one thread per object, any number of processes.
#pragma once

#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

// Lays some waiting messages, the oldest first, into the lanes of their channels; answers how many.
// Channels that are paused or disabled, or were registered after what the message tells, get none.
sql::Result<std::size_t> fan_out(sql::Store& store, const platform::Clock& clock);

}  // namespace outlay::workers::notifier
