// Well-formed byte sequences of the Unicode standard, table 3-7.
#include "platform/json/utf8.hpp"

#include <array>
#include <cstdint>

namespace outlay::json {

namespace {

struct LeadBytes {  // what may follow the lead bytes first..last
    std::uint8_t first;
    std::uint8_t last;
    std::size_t length;  // bytes of the whole sequence
    std::uint8_t second_min;
    std::uint8_t second_max;
};

constexpr std::array<LeadBytes, 9> lead_bytes{{
    {0x00, 0x7F, 1, 0, 0},
    {0xC2, 0xDF, 2, 0x80, 0xBF},
    {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF},
    {0xED, 0xED, 3, 0x80, 0x9F},
    {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x80, 0xBF},
    {0xF4, 0xF4, 4, 0x80, 0x8F},
}};

std::uint8_t byte_at(std::string_view text, std::size_t position) {
    return static_cast<std::uint8_t>(text[position]);
}

// The length of the sequence at the start of `text`, 0 if it is not well-formed.
std::size_t sequence_length(std::string_view text) {
    const std::uint8_t lead = byte_at(text, 0);
    for (const LeadBytes& row : lead_bytes) {
        if (lead < row.first || lead > row.last) continue;
        if (text.size() < row.length) return 0;
        if (row.length == 1) return 1;
        const std::uint8_t second = byte_at(text, 1);
        if (second < row.second_min || second > row.second_max) return 0;
        for (std::size_t i = 2; i < row.length; ++i) {
            if ((byte_at(text, i) & 0xC0U) != 0x80U) return 0;
        }
        return row.length;
    }
    return 0;
}

}  // namespace

std::size_t valid_utf8_bytes(std::string_view text) noexcept {
    std::size_t position = 0;
    while (position < text.size()) {
        const std::size_t length = sequence_length(text.substr(position));
        if (length == 0) break;
        position += length;
    }
    return position;
}

}  // namespace outlay::json
