// What was told long ago is forgotten: a message goes with all of its deliveries, 30 days after it
// was laid out and after the last thing that happened to any of them; attempts go after 30 days.
// What waits to be sent stays. Blocks; any thread, any number of processes.
#pragma once

#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

// A bounded number, in one short transaction. True: there may be more.
sql::Result<bool> forget_some(sql::Store& store, const platform::Clock& clock);

}  // namespace outlay::workers::notifier
