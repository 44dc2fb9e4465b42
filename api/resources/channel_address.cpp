// One table says which members make an address of which form.
#include "api/resources/channel_address.hpp"

#include <algorithm>
#include <array>

namespace outlay::api {

namespace {

using domain::channel::Form;
using domain::channel::Kind;

constexpr std::string_view pagerduty_url = "https://events.pagerduty.com/v2/enqueue";
constexpr std::size_t routing_key_size = 32;  // PagerDuty, Events API v2
constexpr std::size_t token_max = 200;
constexpr std::size_t mail_max = 254;  // RFC 5321, section 4.5.3.1.3, without the brackets
constexpr std::size_t local_part_max = 64;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_word(std::string_view text, std::string_view also) {
    return !text.empty() && std::ranges::all_of(text, [also](char c) {
        return is_letter_or_digit(c) || also.find(c) != std::string_view::npos;
    });
}

// The dot-atom form of RFC 5322 in ASCII, with a domain of at least two labels or "localhost".
bool is_mail_address(std::string_view text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos || text.size() > mail_max || at > local_part_max) return false;
    const auto domain = text.substr(at + 1);
    const bool is_dotted = domain.find('.') != std::string_view::npos || domain == "localhost";
    const bool has_edges = text.front() == '.' || text[at - (at > 0 ? 1 : 0)] == '.' ||
                           domain.starts_with('.') || domain.ends_with('.') ||
                           text.find("..") != std::string_view::npos;
    return is_word(text.substr(0, at), "!#$%&'*+-/=?^_`{|}~.") && is_word(domain, ".-") &&
           is_dotted && !has_edges;
}

constexpr std::size_t headers_max = 10;
constexpr std::size_t header_name_max = 64;
constexpr std::size_t header_value_max = 1000;
// What requests say themselves, and what RFC 9110 keeps for connections.
constexpr std::array<std::string_view, 16> reserved_headers{
    "host",      "content-length", "content-type",    "content-encoding", "transfer-encoding",
    "te",        "connection",     "upgrade",         "trailer",          "expect",
    "accept",    "user-agent",     "accept-encoding", "keep-alive",       "traceparent",
    "tracestate"};

bool is_header_name(std::string_view name) {
    return name.size() <= header_name_max && is_word(name, "!#$%&'*+-.^_`|~");
}

bool is_reserved(std::string name) {
    for (char& c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return name.starts_with("webhook-") || name.starts_with("proxy-") ||
           std::ranges::find(reserved_headers, name) != reserved_headers.end();
}

bool is_header_value(std::string_view value) {
    return !value.empty() && value.size() <= header_value_max && value.front() != ' ' &&
           value.back() != ' ' &&
           std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
}

struct HeaderField {
    std::string name;
    std::string value;
};

std::optional<std::vector<HeaderField>> read_headers(BodyReader& reader) {
    const auto* const given = reader.member("headers");
    if (given == nullptr) return std::nullopt;
    auto fields = reader.nested(*given, reader.pointer_of("headers"));
    std::vector<HeaderField> headers;
    for (const auto& [name, value] : given->members()) {
        auto text = fields.required_string(name);
        if (!is_header_name(name) || is_reserved(name)) {
            fields.fail(name, "reserved", "Is no name of a header field that may be set here.");
        } else if (text && !is_header_value(*text)) {
            fields.fail(name, "malformed", "Must be 1 to 1000 printable ASCII characters.");
        } else if (text) {
            headers.push_back({name, std::move(*text)});
        }
    }
    if (headers.size() > headers_max) reader.fail("headers", "too_many", "At most 10 fields.");
    return headers;
}

std::string without_query(const std::string& url) {
    const auto query = url.find('?');
    return query == std::string::npos ? url : url.substr(0, query) + "?***";
}

struct Members {
    std::optional<std::string> url{};
    std::optional<std::string> token{};
    std::optional<std::string> routing_key{};
    std::optional<std::string> to{};
    std::optional<std::vector<HeaderField>> headers{};
};

Members read_members(BodyReader& reader) {
    Members members{reader.optional_string("url"), reader.optional_string("token"),
                    reader.optional_string("routing_key"), reader.optional_string("to"),
                    read_headers(reader)};
    const bool is_key = !members.routing_key || (members.routing_key->size() == routing_key_size &&
                                                 is_word(*members.routing_key, ""));
    if (!is_key) reader.fail("routing_key", "malformed", "Must be 32 letters and digits.");
    const bool is_token = !members.token || (members.token->size() <= token_max &&
                                             is_word(*members.token, "-._~+/="));
    if (!is_token) reader.fail("token", "malformed", "Must be an access token.");
    const bool is_one_sort = !members.to || !(members.url || members.routing_key);
    if (!is_one_sort) reader.fail("to", "not_applicable", "An address is of one sort only.");
    if (members.headers && !members.url)
        reader.fail("headers", "not_applicable", "Header fields are set together with the url.");
    if (members.token && (members.to || members.routing_key))
        reader.fail("token", "not_applicable", "Only ntfy channels have an access token.");
    if (members.to && !is_mail_address(*members.to))
        reader.fail("to", "malformed", "Must be one mail address, name@example.org.");
    return members;
}

std::optional<ChannelAddress> address_of(const Members& members) {
    if (members.to) {
        return ChannelAddress{
            Form::mail, *members.to,
            "***" + members.to->substr(std::min(members.to->rfind('@'), members.to->size())), false,
            ""};
    }
    if (members.routing_key) {
        const auto url = members.url.value_or(std::string(pagerduty_url));
        const auto tail = members.routing_key->substr(
            members.routing_key->size() - std::min<std::size_t>(4, members.routing_key->size()));
        return ChannelAddress{Form::routing_key, url + " " + *members.routing_key, "***" + tail,
                              false, url};
    }
    if (!members.url) return std::nullopt;
    const auto secret = members.token ? " " + *members.token : std::string();
    ChannelAddress address{Form::url, *members.url + secret, without_query(*members.url),
                           members.token.has_value(), *members.url};
    if (!members.headers || members.headers->empty()) return address;
    address.headers.emplace();
    for (const auto& [name, value] : *members.headers) {
        address.text += "\n" + name + ": " + value;
        address.headers->push_back(name);
    }
    return address;
}

}  // namespace

std::optional<ChannelAddress> read_address(BodyReader& reader) {
    return address_of(read_members(reader));
}

ChannelAddress address_for(Kind kind, std::optional<ChannelAddress> address, BodyReader& reader) {
    struct Need {
        Form form;
        std::string_view member;
    };
    static constexpr std::array needs{
        Need{Form::url, "url"}, Need{Form::routing_key, "routing_key"}, Need{Form::mail, "to"}};
    const auto form = form_of(kind);
    if (address && address->has_token && kind != Kind::ntfy)
        reader.fail("token", "not_applicable", "Only ntfy channels have an access token.");
    if (address && address->form == form) return *std::move(address);
    if (address && address->form == Form::routing_key && form == Form::url) {
        reader.fail("routing_key", "not_applicable", "Only PagerDuty channels have a routing key.");
        return {};
    }
    const auto* const need = std::ranges::find(needs, form, &Need::form);
    reader.fail(need->member, "required", "Says where a channel of this kind leads to.");
    return {};
}

}  // namespace outlay::api
