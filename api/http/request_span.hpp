// The span of a request. Any thread.
#pragma once

#include "api/http/exchange.hpp"

namespace outlay::api {

// Keeps it, if the request's trace is sampled.
void trace_request(const Exchange& exchange);

}  // namespace outlay::api
