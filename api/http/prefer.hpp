// Prefer (RFC 7240): how long a client wants to wait for a command's outcome. What is unknown or
// malformed is ignored, as the RFC asks. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "api/http/message.hpp"

namespace outlay::api {

inline constexpr std::chrono::seconds prefer_wait_max{30};

struct Preferences {
    bool respond_async = false;
    std::optional<std::chrono::seconds> wait{};  // at most prefer_wait_max; 0: do not wait
};

// RFC 7240: respond-async together with wait means to wait that long first.
inline bool answers_at_once(const Preferences& preferences) {
    return preferences.wait ? preferences.wait->count() == 0 : preferences.respond_async;
}

Preferences preferences_in(const Headers& headers);
// The value of Preference-Applied; empty if nothing was asked for that we know.
std::string preference_applied(const Preferences& preferences);

}  // namespace outlay::api
