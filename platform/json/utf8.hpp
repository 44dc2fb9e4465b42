// Where a text stops being UTF-8. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace outlay::json {

// Bytes before the first sequence that is not well-formed (overlong forms, surrogates and values
// above U+10FFFF are not); the size of `text` if there is none.
std::size_t valid_utf8_bytes(std::string_view text) noexcept;

}  // namespace outlay::json
