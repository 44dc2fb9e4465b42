// Text of different kinds. FreeText is what people write about their lives (notes): it has a type
// of its own so that it can later be sealed per person without touching anything else. Names,
// merchants and tags are classification and plain strings. Values; any thread.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

namespace outlay::domain {

struct FreeText {
    std::string value;
    auto operator<=>(const FreeText&) const = default;
};

// Limits in code points (docs/openapi.yaml repeats them).
inline constexpr std::size_t name_chars_max = 100;
inline constexpr std::size_t merchant_chars_max = 200;
inline constexpr std::size_t tag_chars_max = 50;
inline constexpr std::size_t tags_max = 20;
inline constexpr std::size_t note_chars_max = 2000;

std::size_t code_points(std::string_view utf8);
// True for well-formed UTF-8 without C0 controls and DEL; with `multiline`, line feed and tab are
// allowed.
bool is_printable(std::string_view utf8, bool multiline);
// The form under which sibling names are compared: simple case folding of ASCII, Latin, Greek and
// Cyrillic letters, and runs of spaces folded into one; outer spaces dropped.
std::string folded(std::string_view utf8);
// True for text that is empty or only spaces, of whatever kind.
bool is_blank(std::string_view utf8);

}  // namespace outlay::domain
