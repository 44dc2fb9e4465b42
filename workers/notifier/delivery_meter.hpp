// Counts and times attempts to deliver, by kind of channel and by their end. Any thread.
#pragma once

#include "domain/channel/events.hpp"
#include "workers/notifier/schedule.hpp"

namespace outlay::workers::notifier {

void count_attempt(domain::channel::Kind kind, const Attempt& attempt);

// Makes the series of every kind, so that the first failure is an increase and not a new series.
void expose_deliveries();

}  // namespace outlay::workers::notifier
