// Escapes follow RFC 8259 section 7, strictly.
#include "platform/json/literal.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

namespace outlay::json {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::size_t skip_digits(std::string_view text, std::size_t position) {
    while (position < text.size() && is_digit(text[position])) ++position;
    return position;
}

bool is_one_of(std::string_view text, std::size_t position, std::string_view characters) {
    return position < text.size() && characters.find(text[position]) != std::string_view::npos;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
    const auto push = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    const auto tail = [&](unsigned shift) { push(0x80U | ((code_point >> shift) & 0x3FU)); };
    if (code_point < 0x80U) {
        push(code_point);
    } else if (code_point < 0x800U) {
        push(0xC0U | (code_point >> 6U));
        tail(0);
    } else if (code_point < 0x10000U) {
        push(0xE0U | (code_point >> 12U));
        tail(6);
        tail(0);
    } else {
        push(0xF0U | (code_point >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

// The UTF-16 code unit of the escape \uXXXX at `position`.
std::optional<std::uint32_t> code_unit(std::string_view text, std::size_t position) {
    if (text.substr(position, 2) != "\\u") return std::nullopt;
    const std::string_view digits = text.substr(position + 2, 4);
    std::uint32_t unit = 0;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    const bool complete =
        digits.size() == 4 && error == std::errc{} && stop == digits.data() + digits.size();
    return complete ? std::optional<std::uint32_t>(unit) : std::nullopt;
}

bool is_high_surrogate(std::uint32_t unit) {
    return unit >= 0xD800U && unit < 0xDC00U;
}
bool is_low_surrogate(std::uint32_t unit) {
    return unit >= 0xDC00U && unit < 0xE000U;
}

using Position = domain::Result<std::size_t, ParseError>;

Position fault(std::size_t position, const char* detail) {
    return domain::Fail{ParseError{position, detail, false}};
}

Position read_unicode_escape(std::string_view text, std::size_t position, std::string& out) {
    const auto unit = code_unit(text, position);
    if (!unit) return fault(position, "\\u needs four hexadecimal digits");
    if (*unit == 0) return domain::Fail{ParseError{position, "U+0000 cannot be stored", true}};
    if (is_low_surrogate(*unit))
        return fault(position, "this half of a surrogate pair stands alone");
    if (!is_high_surrogate(*unit)) {
        append_utf8(out, *unit);
        return position + 6;
    }
    const auto low = code_unit(text, position + 6);
    if (!low || !is_low_surrogate(*low)) {
        return fault(position, "this half of a surrogate pair stands alone");
    }
    append_utf8(out, 0x10000U + ((*unit - 0xD800U) << 10U) + (*low - 0xDC00U));
    return position + 12;
}

Position read_escape(std::string_view text, std::size_t position, std::string& out) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char letter = position + 1 < text.size() ? text[position + 1] : '\0';
    if (letter == 'u') return read_unicode_escape(text, position, out);
    const std::size_t index = letters.find(letter);
    if (index == std::string_view::npos) return fault(position, "there is no such escape");
    out.push_back(meanings[index]);
    return position + 2;
}

}  // namespace

bool is_number(std::string_view text) noexcept {
    std::size_t position = is_one_of(text, 0, "-") ? 1 : 0;
    const std::size_t whole = position;
    position = skip_digits(text, position);
    if (position == whole || (text[whole] == '0' && position > whole + 1)) return false;
    if (is_one_of(text, position, ".")) {
        const std::size_t fraction = position + 1;
        position = skip_digits(text, fraction);
        if (position == fraction) return false;
    }
    if (is_one_of(text, position, "eE")) {
        const std::size_t exponent = position + (is_one_of(text, position + 1, "+-") ? 2 : 1);
        position = skip_digits(text, exponent);
        if (position == exponent) return false;
    }
    return position == text.size();
}

Position read_string(std::string_view text, std::size_t start, std::string& out) {
    std::size_t position = start + 1;
    while (true) {
        const std::size_t run = position;
        while (position < text.size() && text[position] != '"' && text[position] != '\\')
            ++position;
        out.append(text, run, position - run);
        if (position == text.size()) return fault(position, "the text ends inside a string");
        if (text[position] == '"') return position + 1;
        auto next = read_escape(text, position, out);
        if (!next.ok()) return next;
        position = next.value();
    }
}

}  // namespace outlay::json
