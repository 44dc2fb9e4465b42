// The one rendering of a channel.
#include "views/channel.hpp"

#include <algorithm>
#include <array>

#include "domain/channel/decide.hpp"
#include "domain/values/check.hpp"
#include "platform/json/value.hpp"
#include "platform/json/writer.hpp"

namespace outlay::views {

namespace {

using domain::channel::Kind;

using domain::channel::Channel;
using domain::channel::Form;
using domain::channel::Format;
using domain::channel::Routing;
using domain::channel::Severity;

template <typename Enum>
struct Word {
    Enum value;
    std::string_view name;
};
constexpr std::array kinds{Word<Kind>{Kind::webhook, "webhook"}, Word<Kind>{Kind::slack, "slack"},
                           Word<Kind>{Kind::pagerduty, "pagerduty"},
                           Word<Kind>{Kind::email, "email"}, Word<Kind>{Kind::ntfy, "ntfy"}};
constexpr std::array formats{
    Word<Format>{Format::slack, "slack"}, Word<Format>{Format::discord, "discord"},
    Word<Format>{Format::mattermost, "mattermost"}, Word<Format>{Format::teams, "teams"},
    Word<Format>{Format::google_chat, "google_chat"}};
constexpr std::array severities{Word<Severity>{Severity::info, "info"},
                                Word<Severity>{Severity::warning, "warning"},
                                Word<Severity>{Severity::critical, "critical"}};
// The member that shows where a channel leads to.
constexpr std::array address_members{Word<Form>{Form::url, "url"},
                                     Word<Form>{Form::routing_key, "routing_key"},
                                     Word<Form>{Form::mail, "to"}};

template <typename Words, typename Enum>
std::string_view name_in(const Words& words, Enum value) {
    const auto* const found = std::ranges::find(words, value, &Word<Enum>::value);
    CHECK(found != words.end(), "a value without a word");
    return found->name;
}
template <typename Enum, typename Words>
std::optional<Enum> value_in(const Words& words, std::string_view name) {
    const auto* const found = std::ranges::find(words, name, &Word<Enum>::name);
    return found == words.end() ? std::nullopt : std::optional(found->value);
}

template <typename List, typename TextOf>
void write_list(json::Writer& out, std::string_view name, const List& list, TextOf text_of) {
    if (list.empty()) return;
    out.key(name).begin_array();
    for (const auto& entry : list) out.string(text_of(entry));
    out.end_array();
}

void write_routing(json::Writer& out, const Routing& routing) {
    const auto id_text = [](const auto& id) { return id.text(); };
    write_list(out, "severities", routing.severities, severity_name);
    write_list(out, "budgets", routing.budgets, id_text);
    write_list(out, "members", routing.members, id_text);
}

template <typename Entry, typename Parse>
std::vector<Entry> read_list(const json::Value& from, std::string_view name, Parse parse) {
    std::vector<Entry> entries;
    const auto* const list = from.find(name);
    if (list == nullptr) return entries;
    for (const auto& item : list->items()) {
        const std::optional<Entry> entry = parse(item.text());
        CHECK(entry.has_value(), "a stored routing has an unknown entry");
        entries.push_back(*entry);
    }
    return entries;
}

}  // namespace

std::string_view channel_kind_name(Kind kind) {
    return name_in(kinds, kind);
}
std::optional<Kind> channel_kind_of(std::string_view name) {
    return value_in<Kind>(kinds, name);
}
std::string_view channel_format_name(Format format) {
    return name_in(formats, format);
}
std::optional<Format> channel_format_of(std::string_view name) {
    return value_in<Format>(formats, name);
}
std::string_view severity_name(Severity severity) {
    return name_in(severities, severity);
}
std::optional<Severity> severity_of(std::string_view name) {
    return value_in<Severity>(severities, name);
}

std::string_view channel_state_name(const Channel& channel) {
    if (channel.unconfirmed) return "unconfirmed";
    return channel.paused ? "paused" : "active";
}

void set_channel_state(Channel& channel, std::string_view name) {
    channel.unconfirmed = name == "unconfirmed";
    channel.paused = name == "paused";
}

std::string patterns_text(const std::vector<std::string>& patterns) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& pattern : patterns) out.string(pattern);
    out.end_array();
    return text;
}

std::vector<std::string> patterns_of(std::string_view text) {
    const auto stored = json::parse(text);
    CHECK(stored.ok(), "a list of events is no JSON");
    std::vector<std::string> patterns;
    for (const auto& pattern : stored->items()) patterns.push_back(pattern.text());
    return patterns;
}

std::string routing_text(const Routing& routing) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    write_routing(out, routing);
    out.end_object();
    return text;
}

Routing routing_of(std::string_view text) {
    const auto stored = json::parse(text);
    CHECK(stored.ok(), "a stored routing is no JSON");
    return {read_list<Severity>(*stored, "severities", severity_of),
            read_list<domain::BudgetId>(*stored, "budgets", domain::BudgetId::parse),
            read_list<domain::MemberId>(*stored, "members", domain::MemberId::parse)};
}

ChannelView channel_view(const domain::ChannelId& id, const domain::channel::Channel& channel,
                         std::uint64_t version) {
    return {.id = id, .channel = channel, .version = version};
}

std::string test_document(const domain::ChannelId& channel) {
    std::string document;
    json::Writer out(document);
    out.begin_object()
        .field("channel", channel.text())
        .field("text", "This is a test message. Nothing has happened.")
        .end_object();
    return document;
}

std::string channel_body(const ChannelView& view) {
    const auto& channel = view.channel;
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("id", view.id.text())
        .field("object", "channel")
        .field("kind", channel_kind_name(channel.kind))
        .field(name_in(address_members, form_of(channel.kind)), channel.target.shown);
    if (channel.format) out.field("format", channel_format_name(*channel.format));
    out.field("description", channel.description)
        .field("events", std::span<const std::string>(channel.events));
    write_routing(out, channel.routing);
    out.field("state", view.disabled_at ? "disabled" : channel_state_name(channel))
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
