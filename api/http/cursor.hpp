// Opaque, tamper-evident tokens that clients carry for us: list cursors and position tokens. The
// payload is readable by anyone who cares to decode it, but cannot be changed or moved to another
// purpose. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/hash.hpp"

namespace outlay::api {

// base64url(payload || first 16 bytes of the keyed hash). `purpose` is what the token may be used
// for, with everything that it is bound to: workspace, filter and sort for a cursor.
std::string seal(const platform::Secret& secret, std::string_view purpose,
                 std::string_view payload);
// Empty for anything that seal with the same secret and purpose did not make.
std::optional<std::string> open(const platform::Secret& secret, std::string_view purpose,
                                std::string_view token);

}  // namespace outlay::api
