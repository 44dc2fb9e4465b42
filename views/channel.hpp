// A channel as the API shows it. What is sealed is never part of it. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/channel/state.hpp"

namespace outlay::views {

std::string_view channel_kind_name(domain::channel::Kind kind);
std::optional<domain::channel::Kind> channel_kind_of(std::string_view name);

struct ChannelView {
    domain::ChannelId id;
    domain::channel::Channel channel;
    std::uint64_t version = 0;
    // What its lane says: the sender gave up on the endpoint. Only where the lane was looked at.
    std::optional<std::string> disabled_at{};
    std::optional<std::string> disabled_reason{};
    std::string secret{};  // "" : not shown
};

ChannelView channel_view(const domain::ChannelId& id, const domain::channel::Channel& channel,
                         std::uint64_t version);
std::string channel_body(const ChannelView& view);

}  // namespace outlay::views
