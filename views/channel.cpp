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
using domain::channel::Digest;
using domain::channel::Every;
using domain::channel::Form;
using domain::channel::Format;
using domain::channel::RateLimit;
using domain::channel::Routing;
using domain::channel::Severity;
using domain::channel::Signature;
using domain::channel::Span;
using domain::channel::Timing;

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
constexpr std::array signatures{Word<Signature>{Signature::v1, "v1"},
                                Word<Signature>{Signature::v1a, "v1a"}};
constexpr std::array everies{Word<Every>{Every::day, "day"}, Word<Every>{Every::week, "week"}};
constexpr std::array spans{Word<Span>{Span::second, "second"}, Word<Span>{Span::minute, "minute"},
                           Word<Span>{Span::hour, "hour"}};
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

void write_timing(json::Writer& out, const Timing& timing) {
    if (timing.recipient) out.field("recipient", timing.recipient->text());
    if (timing.digest) {
        out.key("digest").begin_object().field("every", name_in(everies, timing.digest->every));
        if (timing.digest->every == Every::week)
            out.field("weekday", timing.digest->weekday.value_or(domain::Weekday{}).text());
        out.field("at", timing.digest->at.text()).end_object();
    }
    if (timing.unacknowledged_minutes)
        out.field("unacknowledged_minutes", *timing.unacknowledged_minutes);
    if (timing.rate_limit) {
        out.key("rate_limit")
            .begin_object()
            .field("messages", timing.rate_limit->messages)
            .field("per", name_in(spans, timing.rate_limit->per))
            .end_object();
    }
}

std::optional<Digest> digest_in(const json::Value& timing) {
    const auto* const stored = timing.find("digest");
    if (stored == nullptr) return std::nullopt;
    const auto every = value_in<Every>(everies, stored->find("every")->text());
    const auto at = domain::TimeOfDay::parse(stored->find("at")->text());
    CHECK(every && at, "a stored digest has another form");
    const auto* const weekday = stored->find("weekday");
    return Digest{*every, *at,
                  weekday == nullptr ? std::nullopt : domain::Weekday::parse(weekday->text())};
}

std::optional<RateLimit> rate_limit_in(const json::Value& timing) {
    const auto* const stored = timing.find("rate_limit");
    if (stored == nullptr) return std::nullopt;
    const auto per = value_in<Span>(spans, stored->find("per")->text());
    const auto messages = stored->find("messages")->integer();
    CHECK(per && messages, "a stored rate limit has another form");
    return RateLimit{*messages, *per};
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

// The values of header fields are as secret as the rest of the address.
void write_webhook(json::Writer& out, const ChannelView& view) {
    out.field("signature", signature_name(view.channel.signature));
    if (!view.public_key.empty()) out.field("public_key", view.public_key);
    if (!view.channel.target.headers) return;
    out.key("headers").begin_object();
    for (const auto& name : *view.channel.target.headers) out.field(name, "***");
    out.end_object();
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

std::string_view signature_name(Signature signature) {
    return name_in(signatures, signature);
}
std::optional<Signature> signature_of(std::string_view name) {
    return value_in<Signature>(signatures, name);
}
std::string_view every_name(Every every) {
    return name_in(everies, every);
}
std::optional<Every> every_of(std::string_view name) {
    return value_in<Every>(everies, name);
}
std::optional<Span> span_of(std::string_view name) {
    return value_in<Span>(spans, name);
}

std::string timing_text(const Timing& timing) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    write_timing(out, timing);
    out.end_object();
    return text;
}

Timing timing_of(std::string_view text) {
    const auto stored = json::parse(text);
    CHECK(stored.ok(), "a stored timing is no JSON");
    Timing timing;
    if (const auto* const recipient = stored->find("recipient"))
        timing.recipient = domain::MemberId::parse(recipient->text());
    timing.digest = digest_in(*stored);
    if (const auto* const minutes = stored->find("unacknowledged_minutes"))
        timing.unacknowledged_minutes = minutes->integer();
    timing.rate_limit = rate_limit_in(*stored);
    return timing;
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
    write_timing(out, channel.timing);
    if (channel.kind == Kind::webhook) write_webhook(out, view);
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
