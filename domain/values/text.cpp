// Counting, checking and folding of UTF-8 text.
#include "domain/values/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "domain/values/case_folding.hpp"

namespace outlay::domain {

namespace {

struct CodeRange {
    char32_t first;
    char32_t last;
};

// What separates words, as far as it is visible as a gap.
constexpr std::array<CodeRange, 10> spaces{{
    {0x09, 0x0D},  // tab, line feed and their kin
    {0x20, 0x20},
    {0x85, 0x85},
    {0xA0, 0xA0},  // no-break space
    {0x1680, 0x1680},
    {0x2000, 0x200A},  // typographic widths
    {0x2028, 0x2029},
    {0x202F, 0x202F},
    {0x205F, 0x205F},
    {0x3000, 0x3000},  // ideographic space
}};

// Lead bytes by the number of bytes that follow: which bits mark one, and the smallest code point
// that needs this many bytes (a smaller one is an overlong form).
struct Lead {
    std::uint8_t mask;
    std::uint8_t pattern;
    char32_t least;
};
constexpr std::array<Lead, 4> leads{{
    {0x80, 0x00, 0x0},
    {0xE0, 0xC0, 0x80},
    {0xF0, 0xE0, 0x800},
    {0xF8, 0xF0, 0x10000},
}};

bool is_space(char32_t code) {
    return std::ranges::any_of(spaces, [code](const CodeRange& range) {
        return range.first <= code && code <= range.last;
    });
}

bool is_continuation(char byte) {
    return (static_cast<std::uint8_t>(byte) & 0xC0U) == 0x80U;
}

// Takes one code point from the front of `rest`; empty, and one byte less, where it is not
// well-formed UTF-8.
std::optional<char32_t> take_code_point(std::string_view& rest) {
    const auto first = static_cast<std::uint8_t>(rest.front());
    const std::string_view all = rest;
    rest.remove_prefix(1);
    const auto* const lead = std::ranges::find_if(
        leads, [first](const Lead& entry) { return (first & entry.mask) == entry.pattern; });
    if (lead == leads.end()) return std::nullopt;
    const auto following = static_cast<std::size_t>(lead - leads.begin());
    if (rest.size() < following) return std::nullopt;

    char32_t code = first & static_cast<std::uint8_t>(~lead->mask);
    for (std::size_t i = 1; i <= following; ++i) {
        if (!is_continuation(all[i])) return std::nullopt;
        code = (code << 6U) | (static_cast<std::uint8_t>(all[i]) & 0x3FU);
    }
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < lead->least || code > 0x10FFFF || surrogate) return std::nullopt;
    rest.remove_prefix(following);
    return code;
}

void append_utf8(std::string& text, char32_t code) {
    std::size_t following = leads.size() - 1;
    while (code < leads[following].least) --following;
    const auto bits = [code](std::size_t shift) {
        return static_cast<std::uint8_t>(code >> shift);
    };
    text.push_back(static_cast<char>(leads[following].pattern | bits(6 * following)));
    while (following-- > 0) {
        text.push_back(static_cast<char>(0x80U | (bits(6 * following) & 0x3FU)));
    }
}

bool is_control(char32_t code) {
    return code < 0x20 || code == 0x7F;
}

}  // namespace

std::size_t code_points(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char byte) { return !is_continuation(byte); }));
}

bool is_printable(std::string_view utf8, bool multiline) {
    while (!utf8.empty()) {
        const auto code = take_code_point(utf8);
        if (!code) return false;
        const bool allowed = multiline && (*code == U'\n' || *code == U'\t');
        if (is_control(*code) && !allowed) return false;
    }
    return true;
}

std::string folded(std::string_view utf8) {
    std::string result;
    result.reserve(utf8.size());
    bool gap = false;  // spaces were passed and not yet written
    while (!utf8.empty()) {
        const char byte = utf8.front();
        const auto code = take_code_point(utf8);
        if (code && is_space(*code)) {
            gap = !result.empty();
            continue;
        }
        if (gap) result.push_back(' ');
        gap = false;
        if (code) {
            append_utf8(result, folded(*code));
        } else {
            result.push_back(byte);  // malformed bytes stand for themselves
        }
    }
    return result;
}

bool is_blank(std::string_view utf8) {
    while (!utf8.empty()) {
        const auto code = take_code_point(utf8);
        if (!code || !is_space(*code)) return false;
    }
    return true;
}

}  // namespace outlay::domain
