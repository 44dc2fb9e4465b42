// The literals of JSON: strings with their escapes, and the grammar of numbers. Used by the parser.
// Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "platform/json/value.hpp"

namespace outlay::json {

// True for exactly what RFC 8259 section 6 calls a number.
bool is_number(std::string_view text) noexcept;

// Reads the string whose opening quote is text[start], appends its unescaped text to `out` and
// answers the position after the closing quote. Refuses unknown escapes, half surrogate pairs and
// U+0000, which no store keeps.
domain::Result<std::size_t, ParseError> read_string(std::string_view text, std::size_t start,
                                                    std::string& out);

}  // namespace outlay::json
