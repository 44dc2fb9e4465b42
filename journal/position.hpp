// A place in the journal: partition and offset, written "3:1042". Values; any thread.
#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outlay::journal {

struct Position {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    auto operator<=>(const Position&) const = default;

    std::string text() const { return std::to_string(partition) + ":" + std::to_string(offset); }
    static std::optional<Position> parse(std::string_view text);
};

}  // namespace outlay::journal
