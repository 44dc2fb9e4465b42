// Patterns match whole families, so that a type that is added later reaches who asked for all.
#include "domain/channel/message_types.hpp"

#include <algorithm>

namespace outlay::domain::channel {

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

bool is_pattern(std::string_view text) {
    return std::ranges::any_of(message_types,
                               [text](std::string_view type) { return selects(text, type); });
}

}  // namespace outlay::domain::channel
