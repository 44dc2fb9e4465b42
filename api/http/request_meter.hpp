// Counts and times requests by method, route template and status. Any thread.
#pragma once

#include "api/http/exchange.hpp"

namespace outlay::api {

// An exchange has begun; one that has ended, for which it was told that it began.
void count_begun();
void count_ended(const Exchange& exchange);

}  // namespace outlay::api
