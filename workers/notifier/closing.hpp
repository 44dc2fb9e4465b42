// Closing: what was triggered at PagerDuty and nothing will end any more, because its period is
// over or its budget archived, is resolved there. The alerts stay what they are. Blocks; any
// thread, any number of processes.
#pragma once

#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

// Writes the messages that close; each is written once.
sql::Status close_incidents(sql::Store& store, const platform::Clock& clock,
                            const platform::Zones& zones);

}  // namespace outlay::workers::notifier
