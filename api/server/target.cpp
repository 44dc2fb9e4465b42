// Takes request targets apart.
#include "api/server/target.hpp"

#include <algorithm>

#include "api/http/message.hpp"
#include "api/server/framing.hpp"
#include "domain/values/text.hpp"

namespace outlay::api {

namespace {

using domain::Fail;

enum class Plus { literal, space };

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

// Empty for broken escapes and for text that is not UTF-8 or has control characters (NUL cannot be
// stored).
std::optional<std::string> decoded(std::string_view text, Plus plus) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus == Plus::space) {
            result += ' ';
        } else if (text[i] != '%') {
            result += text[i];
        } else {
            const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) return std::nullopt;
            result += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    if (!domain::is_printable(result, true)) return std::nullopt;
    return result;
}

// Takes the text up to `separator` (or all) off the front of `rest`.
std::string_view take_until(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const auto taken = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return taken;
}

bool read_path(std::string_view path, Target& target) {
    if (path.size() <= 1) return true;
    std::size_t begin = 1;
    while (begin <= path.size()) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        auto segment = decoded(path.substr(begin, end - begin), Plus::literal);
        // Dot segments have no use here, and must not come to have one in a later file route.
        if (!segment || *segment == "." || *segment == "..") return false;
        target.path.push_back(std::move(*segment));
        begin = end + 1;
    }
    return true;
}

bool read_query(std::string_view query, Target& target) {
    while (!query.empty()) {
        std::string_view pair = take_until(query, '&');
        if (pair.empty()) continue;
        auto name = decoded(take_until(pair, '='), Plus::space);
        auto value = decoded(pair, Plus::space);
        if (!name || !value) return false;
        target.query.emplace_back(std::move(*name), std::move(*value));
    }
    return true;
}

// Cuts "http://authority" off an absolute target. False: it is neither absolute nor a path.
bool take_authority(std::string_view& rest, Target& target) {
    const std::size_t scheme_end = rest.find("://");
    if (scheme_end == std::string_view::npos) return false;
    const auto scheme = rest.substr(0, scheme_end);
    if (!equal_names(scheme, "http") && !equal_names(scheme, "https")) return false;
    rest.remove_prefix(scheme_end + 3);
    const auto authority = rest.substr(0, rest.find_first_of("/?"));
    if (!is_authority(authority)) return false;
    rest.remove_prefix(authority.size());
    target.authority = std::string(authority);
    return true;
}

}  // namespace

domain::Result<Target, Refusal> parse_target(std::string_view target) {
    Target result;
    if (target == "*") {
        result.is_asterisk = true;
        return result;
    }
    if (target.find('#') != std::string_view::npos) {
        return Fail{malformed("A request target has no fragment.")};
    }
    if (!target.starts_with('/') && !take_authority(target, result)) {
        return Fail{malformed("The request target is neither a path nor an http URI.")};
    }
    std::string_view query = target;
    const std::string_view path = take_until(query, '?');
    if (!read_path(path, result)) {
        return Fail{malformed("The path has a broken escape, a dot segment or is not UTF-8.")};
    }
    if (!read_query(query, result)) {
        return Fail{malformed("The query has a broken escape or is not UTF-8.")};
    }
    return result;
}

}  // namespace outlay::api
