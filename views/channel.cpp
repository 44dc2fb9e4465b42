// The one rendering of a channel.
#include "views/channel.hpp"

#include <algorithm>
#include <array>

#include "domain/values/check.hpp"
#include "platform/json/writer.hpp"

namespace outlay::views {

namespace {

using domain::channel::Kind;

struct KindName {
    Kind kind;
    std::string_view name;
};
constexpr std::array kind_names{KindName{Kind::webhook, "webhook"}};

std::string_view state_of(const ChannelView& view) {
    if (view.channel.paused) return "paused";
    return view.disabled_at ? "disabled" : "active";
}

}  // namespace

std::string_view channel_kind_name(Kind kind) {
    const auto* const found = std::ranges::find(kind_names, kind, &KindName::kind);
    CHECK(found != kind_names.end(), "a kind of channel without a name");
    return found->name;
}

std::optional<Kind> channel_kind_of(std::string_view name) {
    const auto* const found = std::ranges::find(kind_names, name, &KindName::name);
    return found == kind_names.end() ? std::nullopt : std::optional(found->kind);
}

ChannelView channel_view(const domain::ChannelId& id, const domain::channel::Channel& channel,
                         std::uint64_t version) {
    return {.id = id, .channel = channel, .version = version};
}

std::string channel_body(const ChannelView& view) {
    const auto& channel = view.channel;
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("id", view.id.text())
        .field("object", "channel")
        .field("kind", channel_kind_name(channel.kind))
        .field("url", channel.target.shown)
        .field("description", channel.description)
        .field("events", std::span<const std::string>(channel.events))
        .field("state", state_of(view))
        .field("disabled_at", view.disabled_at)
        .field("disabled_reason", view.disabled_reason);
    if (!view.secret.empty()) out.field("secret", view.secret);
    out.field("created_at", channel.created_at.text())
        .field("updated_at", channel.updated_at.text())
        .field("version", static_cast<std::int64_t>(view.version))
        .end_object();
    return body;
}

}  // namespace outlay::views
