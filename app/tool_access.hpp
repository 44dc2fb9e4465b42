// What tools that speak with a running server share: the key, the address, and the way there. Any
// thread.
#pragma once

#include <string>

#include "app/place.hpp"
#include "platform/egress.hpp"

namespace outlay::app {

// The first line of a file; the error is a sentence for its owner.
Outcome<std::string> read_api_key(const std::string& file);
std::string without_slash(std::string url);

// Any address may be called: whoever runs the tool says which. Not movable, its parts know each
// other.
struct ToolAccess {
    ToolAccess();
    platform::SystemNetwork network;
    platform::Egress egress;
};

}  // namespace outlay::app
