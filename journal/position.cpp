// Text form of positions.
#include "journal/position.hpp"

namespace outlay::journal {

namespace {

template <typename T>
bool parse_number(std::string_view text, T& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty() && out >= 0;
}

}  // namespace

std::optional<Position> Position::parse(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    Position position;
    if (!parse_number(text.substr(0, colon), position.partition)) return std::nullopt;
    if (!parse_number(text.substr(colon + 1), position.offset)) return std::nullopt;
    // "-0:5" and "03:5" would be further spellings of positions.
    return position.text() == text ? std::optional(position) : std::nullopt;
}

}  // namespace outlay::journal
