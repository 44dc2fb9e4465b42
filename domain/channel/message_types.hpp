// The types of messages that channels carry, and the patterns that choose among them. Pure; any
// thread.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "domain/channel/events.hpp"

namespace outlay::domain::channel {

inline constexpr std::string_view channel_disabled = "operations.channel_disabled";
inline constexpr std::string_view delivery_dead = "operations.delivery_dead";
inline constexpr std::string_view partition_halted = "operations.partition_halted";
inline constexpr std::string_view partition_resumed = "operations.partition_resumed";
inline constexpr std::string_view rows_differ = "operations.rows_differ";
inline constexpr std::string_view rows_mended = "operations.rows_mended";

// Facts, under the names of their events. Those that concern alerts are told as alerts, and days
// that passed are nobody's doing.
inline constexpr std::array<std::string_view, 21> change_types{"expense.recorded",
                                                               "expense.amended",
                                                               "expense.voided",
                                                               "expense.restored",
                                                               "expense.refunded",
                                                               "expense.refund_taken_back",
                                                               "budget.created",
                                                               "budget.renamed",
                                                               "budget.limit_revised",
                                                               "budget.threshold_added",
                                                               "budget.threshold_removed",
                                                               "budget.scope_changed",
                                                               "budget.archived",
                                                               "budget.restored",
                                                               "budget.paused",
                                                               "budget.resumed",
                                                               "budget.muted",
                                                               "budget.unmuted",
                                                               "budget.period_adjusted",
                                                               "budget.funds_moved",
                                                               "budget.rollover_changed"};

inline constexpr std::array<std::string_view, 29> message_types = [] {
    std::array<std::string_view, 29> all{"alert.raised", "alert.resolved", channel_disabled,
                                         delivery_dead,  partition_halted, partition_resumed,
                                         rows_differ,    rows_mended};
    std::size_t at = all.size() - change_types.size();
    for (const auto type : change_types) all[at++] = type;
    return all;
}();
// Sent on request only, to whatever channel it is asked for.
inline constexpr std::string_view test_message = "channel.test";
// Sent to channels that want digests, each its own.
inline constexpr std::string_view daily_digest = "digest.daily";
inline constexpr std::string_view weekly_digest = "digest.weekly";

bool is_change(std::string_view type);

// A pattern is a type, a family ("alert.*") or "*".
bool selects(std::string_view pattern, std::string_view type);
bool selects(std::span<const std::string> patterns, std::string_view type);

// Whether a channel of this kind that chose the patterns gets messages of the type. Changes are for
// programs: people's channels get none, whatever they chose.
bool carries(Kind kind, std::span<const std::string> patterns, std::string_view type);
bool carries_changes(Kind kind, std::span<const std::string> patterns);

// Whether there is a type at all that the pattern chooses.
bool is_pattern(std::string_view text);
// The same of types that a channel of this kind may get.
bool is_pattern(Kind kind, const std::string& text);

}  // namespace outlay::domain::channel
