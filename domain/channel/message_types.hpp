// The types of messages that channels carry, and the patterns that choose among them. Pure; any
// thread.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace outlay::domain::channel {

inline constexpr std::string_view channel_disabled = "operations.channel_disabled";
inline constexpr std::string_view delivery_dead = "operations.delivery_dead";
inline constexpr std::array<std::string_view, 4> message_types{"alert.raised", "alert.resolved",
                                                               channel_disabled, delivery_dead};
// Sent on request only, to whatever channel it is asked for.
inline constexpr std::string_view test_message = "channel.test";
// Sent to channels that want digests, each its own.
inline constexpr std::string_view daily_digest = "digest.daily";
inline constexpr std::string_view weekly_digest = "digest.weekly";

// A pattern is a type, a family ("alert.*") or "*".
bool selects(std::string_view pattern, std::string_view type);
bool selects(std::span<const std::string> patterns, std::string_view type);
// Whether there is a type at all that the pattern chooses.
bool is_pattern(std::string_view text);

}  // namespace outlay::domain::channel
