// Tokens, quoted strings and separators of header fields.
#include "api/http/field_text.hpp"

#include <algorithm>

namespace outlay::api {

namespace {

bool is_token_octet(char octet) {
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
           (octet >= '0' && octet <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(octet) != std::string_view::npos;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string_view cut_unquoted(std::string_view& rest, char separator) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < rest.size() && (quoted || rest[end] != separator); ++end) {
        if (quoted && rest[end] == '\\') {
            ++end;
        } else if (rest[end] == '"') {
            quoted = !quoted;
        }
    }
    const auto part = rest.substr(0, end);
    rest = end < rest.size() ? rest.substr(end + 1) : std::string_view();
    return part;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_token_octet);
}

std::optional<std::string> token_or_quoted(std::string_view text) {
    if (is_token(text)) return std::string(text);
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
    std::string result;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '"') return std::nullopt;
        if (text[i] == '\\' && ++i + 1 == text.size()) return std::nullopt;
        result += text[i];
    }
    return result;
}

std::optional<std::string> quoted_ascii(std::string_view text) {
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] < 0x20 || text[i] > 0x7E) return std::nullopt;
        if (text[i] != '\\') continue;
        ++i;
        if (text[i] != '"' && text[i] != '\\') return std::nullopt;
    }
    if (!text.starts_with('"')) return std::nullopt;
    return token_or_quoted(text);
}

}  // namespace outlay::api
