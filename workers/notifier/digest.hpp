// Digests: what happened since the last one, as a message for one channel. They come from no fact:
// like operational notices they are no part of generations, and a replay writes none. Blocks; one
// thread per object, any number of processes.
#pragma once

#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

// Composes the digests that are due; answers how many. Each local day has one at most for a
// channel, across restarts and whatever clocks do; days in which nobody could compose are part of
// the next one. Where nothing happened nothing is sent.
sql::Result<std::size_t> compose_digests(sql::Store& store, const platform::Clock& clock,
                                         const platform::Zones& zones);

}  // namespace outlay::workers::notifier
