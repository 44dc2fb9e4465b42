// Sealed texts are bound to a context: one that was made for something else does not open.
#include "views/channel_seals.hpp"

namespace outlay::views {

namespace {

constexpr std::string_view unsubscribe_context = "unsubscribe";

}  // namespace

std::string seal_context(const domain::WorkspaceId& workspace, const domain::ChannelId& channel) {
    return workspace.text() + "/" + channel.text();
}

std::string unsubscribe_token(const platform::SealKeys& keys, const ChannelName& name) {
    return platform::seal(keys, unsubscribe_context, seal_context(name.workspace, name.channel));
}

std::optional<ChannelName> unsubscribed_by(const platform::SealKeys& keys, std::string_view token) {
    const auto text = platform::open_sealed(keys, unsubscribe_context, token);
    if (!text) return std::nullopt;
    const auto slash = text->find('/');
    const auto workspace = domain::WorkspaceId::parse(text->substr(0, slash));
    const auto channel = domain::ChannelId::parse(text->substr(slash + 1));
    if (!workspace || !channel) return std::nullopt;
    return ChannelName{*workspace, *channel};
}

}  // namespace outlay::views
