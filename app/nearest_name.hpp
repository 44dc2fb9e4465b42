// The known name that is spelled most like a mistaken one, for messages. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace outlay::app {

// The first of those with the fewest letters inserted, left out or replaced; "" without any.
std::string nearest_name(std::string_view mistaken, std::span<const std::string> known);

}  // namespace outlay::app
