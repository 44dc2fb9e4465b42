// In which contexts the parts of channels are sealed, so that who seals and who opens agree. Pure;
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/values/ids.hpp"
#include "platform/seal.hpp"

namespace outlay::views {

// Of a channel's address, its signing secrets and its code.
std::string seal_context(const domain::WorkspaceId& workspace, const domain::ChannelId& channel);

struct ChannelName {
    domain::WorkspaceId workspace;
    domain::ChannelId channel;
};
// Names an address of a channel to whom its mails reach, and lets them end it. Empty: no token of
// this installation.
struct Subscription {
    ChannelName name;
    domain::Uuid target;  // the id under which the address is sealed
};
std::string unsubscribe_token(const platform::SealKeys& keys, const Subscription& subscription);
std::optional<Subscription> unsubscribed_by(const platform::SealKeys& keys, std::string_view token);

}  // namespace outlay::views
