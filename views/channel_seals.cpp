// Sealed texts are bound to a context: one that was made for something else does not open.
#include "views/channel_seals.hpp"

namespace outlay::views {

namespace {

constexpr std::string_view unsubscribe_context = "unsubscribe";

}  // namespace

std::string seal_context(const domain::WorkspaceId& workspace, const domain::ChannelId& channel) {
    return workspace.text() + "/" + channel.text();
}

std::string unsubscribe_token(const platform::SealKeys& keys, const Subscription& subscription) {
    const auto& name = subscription.name;
    return platform::seal(
        keys, unsubscribe_context,
        seal_context(name.workspace, name.channel) + "/" + subscription.target.text());
}

std::optional<Subscription> unsubscribed_by(const platform::SealKeys& keys,
                                            std::string_view token) {
    const auto text = platform::open_sealed(keys, unsubscribe_context, token);
    if (!text) return std::nullopt;
    const auto first = text->find('/');
    const auto second = text->find('/', first + 1);
    if (first == std::string::npos || second == std::string::npos) return std::nullopt;
    const auto workspace = domain::WorkspaceId::parse(text->substr(0, first));
    const auto channel = domain::ChannelId::parse(text->substr(first + 1, second - first - 1));
    const auto target = domain::Uuid::parse(text->substr(second + 1));
    if (!workspace || !channel || !target) return std::nullopt;
    return Subscription{{*workspace, *channel}, *target};
}

}  // namespace outlay::views
