// What was told long ago is forgotten: a message goes with all of its deliveries, 30 days after it
// was laid out and after the last thing that happened to any of them; attempts go after 30 days.
// What waits to be sent stays, unless its channel was removed. Blocks; any thread, any number of
// processes.
#pragma once

#include <array>
#include <optional>

#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

// How far a round over the old messages has come: what has to be kept is looked at once in each.
struct RetentionRound {
    std::optional<std::array<sql::Value, 2>> behind{};  // when the last one was laid out; its id
};

// A bounded number, in one short transaction. True: there may be more, so the round goes on; else,
// and after an error, the next call begins a new one.
sql::Result<bool> forget_some(sql::Store& store, const platform::Clock& clock,
                              RetentionRound& round);

}  // namespace outlay::workers::notifier
