// Bodies by the documents of each service: Slack Block Kit and incoming webhooks, Discord webhook
// resource, Mattermost incoming webhooks, Teams workflows with Adaptive Cards 1.4, Google Chat
// webhooks, PagerDuty Events API v2, ntfy publish-as-JSON.
#include "workers/notifier/chat.hpp"

#include <algorithm>
#include <array>

#include "domain/values/check.hpp"
#include "platform/json/writer.hpp"
#include "views/channel.hpp"

namespace outlay::workers::notifier {

namespace {

using domain::channel::Format;
using domain::channel::Severity;

constexpr std::size_t slack_header_max = 150;
constexpr std::size_t slack_section_max = 3000;
constexpr std::size_t discord_max = 2000;
constexpr std::size_t summary_max = 1024;  // PagerDuty
constexpr std::size_t chat_max = 4000;     // of the others, below what each of them takes
constexpr std::string_view link_words = "Open in Outlay";

// Says that something is left out where it is.
std::string cut(std::string_view text, std::size_t bytes_max) {
    constexpr std::string_view more = "...";
    if (text.size() <= bytes_max) return std::string(text);
    return std::string(first_bytes(text, bytes_max - more.size())).append(more);
}

struct Escape {
    char letter;
    std::string_view instead;
};
// Slack and Google Chat: mentions and links stand in angle brackets.
constexpr std::array angles{Escape{'&', "&amp;"}, Escape{'<', "&lt;"}, Escape{'>', "&gt;"}};
// Markdown: no mention, no link, no emphasis, also where a backslash was typed that would undo the
// escape behind it. The character after @ has no width.
constexpr std::array markdown{Escape{'\\', "\\\\"}, Escape{'@', "@\u200b"}, Escape{'*', "\\*"},
                              Escape{'_', "\\_"},   Escape{'[', "\\["},     Escape{']', "\\]"},
                              Escape{'`', "\\`"},   Escape{'<', "\\<"},     Escape{'|', "\\|"},
                              Escape{'~', "\\~"}};

// What chats turn into links though nobody marked it as one. The character put in has no width.
struct Address {
    std::string_view sign;
    std::string_view instead;
};
constexpr std::array addresses{Address{"://", ":\u200b//"}, Address{"www.", "www\u200b."}};

template <std::size_t N>
std::string escaped(std::string_view text, const std::array<Escape, N>& escapes) {
    std::string safe;
    for (std::size_t at = 0; at < text.size();) {
        const auto* const address = std::ranges::find_if(
            addresses, [&](const Address& one) { return text.substr(at).starts_with(one.sign); });
        if (address != addresses.end()) {
            safe += address->instead;
            at += address->sign.size();
            continue;
        }
        const auto* const found = std::ranges::find(escapes, text[at], &Escape::letter);
        if (found == escapes.end())
            safe += text[at];
        else
            safe += found->instead;
        ++at;
    }
    return safe;
}

// The text, cut where it is too long, with the link behind it, which is not.
std::string with_link(std::string_view text, std::string_view link, std::size_t bytes_max) {
    return cut(text, bytes_max - link.size()).append(link);
}

// As Slack and Google Chat write a link, or as Markdown does; "" without one.
std::string angled_link(const Notice& notice) {
    if (notice.link.empty()) return "";
    std::string link = "\n<";
    for (const char letter : notice.link) link += letter == '&' ? "&amp;" : std::string(1, letter);
    return link + "|" + std::string(link_words) + ">";
}
std::string markdown_link(const Notice& notice) {
    if (notice.link.empty()) return "";
    return "\n[" + std::string(link_words) + "](" + notice.link + ")";
}

std::string slack_body(const Notice& notice) {
    std::string body;
    json::Writer out(body);
    out.begin_object().field("text", cut(escaped(notice.title, angles), slack_section_max));
    out.key("blocks").begin_array().begin_object().field("type", "header");
    out.key("text")
        .begin_object()
        .field("type", "plain_text")
        .field("text", cut(notice.title, slack_header_max))
        .end_object()
        .end_object();
    out.begin_object().field("type", "section");
    // Verbatim: what looks like an address or a name of somebody stays text.
    out.key("text")
        .begin_object()
        .field("type", "mrkdwn")
        .field("text",
               with_link(escaped(lines_of(notice), angles), angled_link(notice), slack_section_max))
        .field("verbatim", true)
        .end_object()
        .end_object();
    out.end_array().end_object();
    return body;
}

std::string discord_body(const Notice& notice) {
    std::string body;
    json::Writer out(body);
    const auto text =
        "**" + escaped(notice.title, markdown) + "**\n" + escaped(lines_of(notice), markdown);
    out.begin_object().field("content", with_link(text, markdown_link(notice), discord_max));
    out.key("allowed_mentions").begin_object().key("parse").begin_array().end_array().end_object();
    out.end_object();
    return body;
}

std::string text_body(const std::string& text, const std::string& link) {
    std::string body;
    json::Writer out(body);
    out.begin_object().field("text", with_link(text, link, chat_max)).end_object();
    return body;
}

std::string mattermost_body(const Notice& notice) {
    return text_body(
        "**" + escaped(notice.title, markdown) + "**\n" + escaped(lines_of(notice), markdown),
        markdown_link(notice));
}

std::string google_chat_body(const Notice& notice) {
    return text_body(
        "*" + escaped(notice.title, angles) + "*\n" + escaped(lines_of(notice), angles),
        angled_link(notice));
}

std::string teams_body(const Notice& notice) {
    std::string body;
    json::Writer out(body);
    out.begin_object().field("type", "message").key("attachments").begin_array().begin_object();
    out.field("contentType", "application/vnd.microsoft.card.adaptive").key("content");
    out.begin_object()
        .field("type", "AdaptiveCard")
        .field("version", "1.4")
        .field("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    out.key("body").begin_array();
    out.begin_object()
        .field("type", "TextBlock")
        .field("text", escaped(notice.title, markdown))
        .field("weight", "Bolder")
        .key("wrap")
        .boolean(true)
        .end_object();
    out.begin_object().field("type", "FactSet").key("facts").begin_array();
    for (const auto& [label, value] : notice.facts) {
        out.begin_object()
            .field("title", label)
            .field("value", escaped(value, markdown))
            .end_object();
    }
    out.end_array().end_object().end_array();
    if (!notice.link.empty()) {
        out.key("actions").begin_array().begin_object();
        out.field("type", "Action.OpenUrl")
            .field("title", link_words)
            .field("url", notice.link)
            .end_object()
            .end_array();
    }
    out.end_object().end_object().end_array().end_object();
    return body;
}

struct Template {
    Format format;
    std::string (*body)(const Notice&);
};
constexpr std::array templates{
    Template{Format::slack, slack_body}, Template{Format::discord, discord_body},
    Template{Format::mattermost, mattermost_body}, Template{Format::teams, teams_body},
    Template{Format::google_chat, google_chat_body}};

constexpr std::string_view json_type = "application/json; charset=utf-8";

platform::HttpRequest json_request(const std::string& url, std::string body) {
    return {url, {{"Content-Type", std::string(json_type)}}, std::move(body)};
}

// From 1 to 5, 3 is usual.
std::int64_t ntfy_priority(Severity severity) {
    switch (severity) {
        case Severity::info:
            return 3;
        case Severity::warning:
            return 4;
        case Severity::critical:
            return 5;
    }
    return 3;
}

}  // namespace

platform::HttpRequest chat_request(const Notice& notice, Format format, const std::string& url) {
    const auto* const found = std::ranges::find(templates, format, &Template::format);
    CHECK(found != templates.end(), "a format without a template");
    return json_request(url, found->body(notice));
}

platform::HttpRequest pagerduty_request(const Notice& notice, const Message& message,
                                        const std::string& url, const std::string& key) {
    std::string body;
    json::Writer out(body);
    const auto dedup = notice.alert_key.empty() ? message.id.text() : notice.alert_key;
    out.begin_object()
        .field("routing_key", key)
        .field("event_action", notice.is_over ? "resolve" : "trigger")
        .field("dedup_key", dedup);
    out.key("payload")
        .begin_object()
        .field("summary", cut(notice.title, summary_max))
        .field("source", "outlay")
        .field("severity", views::severity_name(notice.severity))
        .field("timestamp", message.at.text())
        .key("custom_details")
        .begin_object();
    for (const auto& [label, value] : notice.facts) out.field(label, value);
    out.end_object().end_object();
    if (!notice.link.empty()) {
        out.key("links").begin_array().begin_object();
        out.field("href", notice.link).field("text", link_words).end_object().end_array();
    }
    out.end_object();
    return json_request(url, std::move(body));
}

platform::HttpRequest ntfy_request(const Notice& notice, const std::string& url,
                                   const std::string& token) {
    const auto slash = url.rfind('/');
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("topic", url.substr(slash + 1))
        .field("title", notice.title)
        .field("message", cut(lines_of(notice), chat_max))
        .field("priority", notice.is_over ? 3 : ntfy_priority(notice.severity))
        .key("tags")
        .begin_array()
        .string(notice.is_over ? "white_check_mark" : "moneybag")
        .end_array();
    if (!notice.link.empty()) out.field("click", notice.link);
    out.end_object();
    auto request = json_request(url.substr(0, slash + 1), std::move(body));
    if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
    return request;
}

}  // namespace outlay::workers::notifier
