// Bodies of requests about channels. Confined to one thread.
#pragma once

#include <optional>

#include "api/resources/channel_address.hpp"
#include "domain/channel/decide.hpp"

namespace outlay::api {

struct NewChannel {
    domain::channel::RegisterChannel command;
    ChannelAddress address;
};
struct ChannelEdit {
    domain::channel::EditChannel command;
    std::optional<ChannelAddress> address;
};

// Where the command's target and secret are not set: they derive from the command's id.
std::optional<NewChannel> read_new_channel(const Call& call, BodyReader& reader);
std::optional<ChannelEdit> read_channel_edit(BodyReader& reader);

}  // namespace outlay::api
