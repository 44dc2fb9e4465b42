// Trace context (W3C): which trace a request belongs to. Pure but for randomness; any thread.
#pragma once

#include <string>
#include <string_view>

#include "api/http/message.hpp"

namespace outlay::api {

// A valid traceparent field (of any version; only its first parts are read).
bool is_traceparent(std::string_view text);
// What the client sent; "" if that is nothing, malformed, or said twice.
std::string sent_trace(const Headers& headers);
// The traceparent of this request's own span: in the client's trace with the client's flags if the
// client sent a valid one, else in a new trace, which is sampled as was configured.
std::string trace_of(const Headers& headers);

}  // namespace outlay::api
