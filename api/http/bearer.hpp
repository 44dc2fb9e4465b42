// The key that a request shows. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "api/http/message.hpp"

namespace outlay::api {

// The token of "Authorization: Bearer ..."; empty if there is none of that form.
std::optional<std::string> bearer_of(const Headers& headers);

}  // namespace outlay::api
