// A channel as the API shows it. What is sealed is never part of it. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/channel/state.hpp"

namespace outlay::views {

// The words of requests, answers and rows. Empty: no such word.
std::string_view channel_kind_name(domain::channel::Kind kind);
std::optional<domain::channel::Kind> channel_kind_of(std::string_view name);
std::string_view channel_format_name(domain::channel::Format format);
std::optional<domain::channel::Format> channel_format_of(std::string_view name);
std::string_view severity_name(domain::channel::Severity severity);
std::optional<domain::channel::Severity> severity_of(std::string_view name);

// "active", "paused" or "unconfirmed", as rows have it.
std::string_view channel_state_name(const domain::channel::Channel& channel);
void set_channel_state(domain::channel::Channel& channel, std::string_view name);
// The patterns of a channel's events as a JSON array.
std::string patterns_text(const std::vector<std::string>& patterns);
std::vector<std::string> patterns_of(std::string_view text);
// The words of signatures and of timing; empty: no such word.
std::string_view signature_name(domain::channel::Signature signature);
std::optional<domain::channel::Signature> signature_of(std::string_view name);
std::string_view every_name(domain::channel::Every every);
std::optional<domain::channel::Every> every_of(std::string_view name);
std::optional<domain::channel::Span> span_of(std::string_view name);
// JSON with what is set.
std::string timing_text(const domain::channel::Timing& timing);
domain::channel::Timing timing_of(std::string_view text);
// JSON with the lists that are not empty.
std::string routing_text(const domain::channel::Routing& routing);
domain::channel::Routing routing_of(std::string_view text);

struct ChannelView {
    domain::ChannelId id;
    domain::channel::Channel channel;
    std::uint64_t version = 0;
    // What its lane says: the sender gave up on the endpoint. Only where the lane was looked at.
    std::optional<std::string> disabled_at{};
    std::optional<std::string> disabled_reason{};
    std::string secret{};      // "" : not shown
    std::string public_key{};  // "" : the channel has none
};

ChannelView channel_view(const domain::ChannelId& id, const domain::channel::Channel& channel,
                         std::uint64_t version);
std::string channel_body(const ChannelView& view);
// What a test message says; the code that confirms a channel is no part of it.
std::string test_document(const domain::ChannelId& channel);

}  // namespace outlay::views
