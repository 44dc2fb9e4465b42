// URLs that people give: strict, because every leniency is a way around the judgement of addresses.
#include <algorithm>
#include <charconv>

#include "platform/egress.hpp"

namespace outlay::platform {

namespace {

using Parsed = domain::Result<WebAddress, EgressRefusal>;

constexpr std::size_t url_bytes_max = 2048;
constexpr std::size_t host_bytes_max = 253;
constexpr std::size_t label_bytes_max = 63;
constexpr std::uint16_t https_port = 443;
constexpr std::uint16_t http_port = 80;

Parsed refuse(std::string sentence) {
    return domain::Fail{std::move(sentence)};
}

bool is_plain(char c) {
    return c > ' ' && c < '\x7f' && c != '\\' && c != '"' && c != '<' && c != '>' && c != '^' &&
           c != '`' && c != '{' && c != '|' && c != '}';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_label(std::string_view label) {
    const auto is_inner = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return !label.empty() && label.size() <= label_bytes_max && label.front() != '-' &&
           label.back() != '-' && std::ranges::all_of(label, is_inner);
}

bool is_name(std::string_view host) {
    if (host.empty() || host.size() > host_bytes_max) return false;
    for (;;) {
        const auto dot = host.find('.');
        if (!is_label(host.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        host.remove_prefix(dot + 1);
    }
}

// The scheme, taken off the front. Empty: none that may be called.
std::optional<bool> take_scheme(std::string_view& url, const EgressPolicy& policy) {
    constexpr std::string_view secure = "https://";
    constexpr std::string_view plain = "http://";
    std::string begin(url.substr(0, secure.size()));
    std::ranges::transform(begin, begin.begin(), lower);
    const bool is_tls = begin == secure;
    if (!is_tls && !(policy.http && begin.starts_with(plain))) return std::nullopt;
    url.remove_prefix(is_tls ? secure.size() : plain.size());
    return is_tls;
}

// Splits "host:port" or "[v6]:port"; false for a malformed one. No port: 0.
bool split_port(std::string_view authority, std::string_view& host, std::uint16_t& port) {
    std::string_view rest;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return false;
        host = authority.substr(1, end - 1);
        if (host.find(':') == std::string_view::npos) return false;
        rest = authority.substr(end + 1);
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        host = authority.substr(0, colon);
        rest = authority.substr(colon);
    }
    port = 0;
    if (rest.empty()) return true;
    if (!rest.starts_with(':')) return false;
    rest.remove_prefix(1);
    const auto* const end = rest.data() + rest.size();
    const auto [stop, error] = std::from_chars(rest.data(), end, port);
    return !rest.empty() && error == std::errc{} && stop == end && port != 0;
}

Parsed with_host(WebAddress web, std::string_view host) {
    const auto literal = literal_of(host);
    if (literal.is_number) {
        if (!literal.address) return refuse("The host of the URL is no address.");
        web.literal = literal.address;
        web.host = literal.address->text();
        return web;
    }
    web.host = host;
    std::ranges::transform(web.host, web.host.begin(), lower);
    if (web.host.ends_with('.')) web.host.pop_back();
    if (!is_name(web.host))
        return refuse("The host of the URL is no name; write other scripts in their xn-- form.");
    return web;
}

}  // namespace

std::string WebAddress::text() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_tls ? "https://" : "http://") + (is_v6 ? "[" + host + "]" : host) + ":" +
           std::to_string(port) + target;
}

Parsed parse_web_address(std::string_view url, const EgressPolicy& policy) {
    if (url.size() > url_bytes_max) return refuse("The URL has more than 2,048 characters.");
    if (!std::ranges::all_of(url, is_plain))
        return refuse("The URL holds a character that must be percent-encoded.");
    const auto is_tls = take_scheme(url, policy);
    if (!is_tls)
        return refuse(policy.http ? "The URL must begin with https:// or http://."
                                  : "The URL must begin with https://.");
    if (url.find('#') != std::string_view::npos) return refuse("The URL must have no fragment.");
    const auto end = std::min(url.find_first_of("/?"), url.size());
    const auto authority = url.substr(0, end);
    if (authority.find('@') != std::string_view::npos)
        return refuse("The URL must hold no user name or password.");
    WebAddress web;
    std::string_view host;
    if (!split_port(authority, host, web.port)) return refuse("The host of the URL is malformed.");
    web.is_tls = *is_tls;
    if (web.port == 0) web.port = web.is_tls ? https_port : http_port;
    web.target = url.substr(end);
    if (!web.target.starts_with('/')) web.target.insert(0, 1, '/');
    return with_host(std::move(web), host);
}

}  // namespace outlay::platform
