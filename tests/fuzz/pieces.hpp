// Cuts an input into pieces the way a socket might: the first octet of the input says how long the
// pieces of the rest are. And lets short inputs stand for long ones, so that they reach limits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace outlay::fuzz {

struct Pieces {
    std::size_t octets = 1;  // of each piece but the last
    std::string_view whole;
};

inline Pieces pieces_of(std::string_view input) {
    constexpr std::size_t octets_max = 61;
    if (input.empty()) return {};
    return {static_cast<unsigned char>(input.front()) % octets_max + 1, input.substr(1)};
}

// Calls `take(piece)` for each piece in order.
template <typename Take>
void for_each_piece(const Pieces& pieces, Take take) {
    for (std::size_t at = 0; at < pieces.whole.size(); at += pieces.octets) {
        take(pieces.whole.substr(at, pieces.octets));
    }
}

// Each octet 0x01, up to a dozen, becomes a run of so many letters.
inline std::string expanded(std::string_view text, std::size_t run) {
    constexpr std::size_t runs_max = 12;
    std::string result;
    std::size_t runs = 0;
    for (const char octet : text) {
        if (octet == '\x01' && runs++ < runs_max)
            result.append(run, 'x');
        else
            result += octet;
    }
    return result;
}

}  // namespace outlay::fuzz
