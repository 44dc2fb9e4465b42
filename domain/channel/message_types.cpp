// Patterns match whole families, so that a type that is added later reaches who asked for all.
#include "domain/channel/message_types.hpp"

#include <algorithm>

namespace outlay::domain::channel {

bool is_change(std::string_view type) {
    return std::ranges::find(change_types, type) != change_types.end();
}

bool selects(std::string_view pattern, std::string_view type) {
    if (pattern == "*" || pattern == type) return true;
    constexpr std::string_view rest = ".*";
    if (!pattern.ends_with(rest)) return false;
    const auto family = pattern.substr(0, pattern.size() - 1);  // with its dot
    return family.size() > 1 && type.starts_with(family);
}

bool selects(std::span<const std::string> patterns, std::string_view type) {
    return std::ranges::any_of(
        patterns, [type](const std::string& pattern) { return selects(pattern, type); });
}

bool carries(Kind kind, std::span<const std::string> patterns, std::string_view type) {
    return (kind == Kind::webhook || !is_change(type)) && selects(patterns, type);
}

bool carries_changes(Kind kind, std::span<const std::string> patterns) {
    return std::ranges::any_of(
        change_types, [&](std::string_view type) { return carries(kind, patterns, type); });
}

bool is_pattern(std::string_view text) {
    return std::ranges::any_of(message_types,
                               [text](std::string_view type) { return selects(text, type); });
}

bool is_pattern(Kind kind, const std::string& text) {
    return std::ranges::any_of(
        message_types, [&](std::string_view type) { return carries(kind, {&text, 1}, type); });
}

}  // namespace outlay::domain::channel
