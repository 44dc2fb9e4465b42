// Digests: what happened since the last one, as a message for one channel. They come from no fact:
// like operational notices they are no part of generations, and a replay writes none. Blocks; one
// thread per object, any number of processes.
#pragma once

#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

struct DigestRound {
    std::size_t looked_at = 0;
    std::size_t composed = 0;
    bool has_more = false;
};
// Composes digests that are due, some at a time; one that cannot be composed is logged and does not
// keep the others waiting. Each local day has one at most for a
// channel, across restarts and whatever clocks do; days in which nobody could compose are part of
// the next one. Where nothing happened nothing is sent.
sql::Result<DigestRound> compose_digests(sql::Store& store, const platform::Clock& clock,
                                         const platform::Zones& zones);

}  // namespace outlay::workers::notifier
