// An open hash table over the rows' numbers, at most half full.
#include "workers/keyed_rows.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace outlay::workers {

namespace {

struct HashOfCell {
    std::size_t operator()(const sql::Null&) const { return 0; }
    std::size_t operator()(std::int64_t number) const { return std::hash<std::int64_t>{}(number); }
    std::size_t operator()(const std::string& text) const { return std::hash<std::string>{}(text); }
};

constexpr std::size_t first_slots = 64;

}  // namespace

std::size_t KeyedRows::hash_of(std::span<const sql::Value> row) const {
    constexpr std::size_t odd = 0x9E3779B97F4A7C15U;  // 2^64 divided by the golden ratio
    std::size_t hash = 0;
    for (const auto& cell : row.first(key_width_))
        hash = (hash ^ std::visit(HashOfCell{}, cell)) * odd;
    constexpr unsigned half = 32;
    return hash ^ (hash >> half);
}

bool KeyedRows::has_key(std::size_t row, std::span<const sql::Value> key) const {
    return std::equal(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(key_width_),
                      cells_.begin() + static_cast<std::ptrdiff_t>(row * width_));
}

std::optional<std::size_t> KeyedRows::find(std::span<const sql::Value> row) const {
    if (slots_.empty()) return std::nullopt;
    const auto hash = hash_of(row);
    for (auto slot = slot_of(hash); slots_[slot] != 0; slot = slot_of(slot + 1)) {
        const std::size_t candidate = slots_[slot] - 1;
        if (hashes_[candidate] == hash && has_key(candidate, row)) return candidate;
    }
    return std::nullopt;
}

std::size_t KeyedRows::add(Row row) {
    CHECK(row.size() == width_, "a row has a cell for every column");
    if (2 * (size() + 1) > slots_.size()) grow();
    const auto number = size();
    hashes_.push_back(hash_of(row));
    std::ranges::move(row, std::back_inserter(cells_));
    auto slot = slot_of(hashes_.back());
    while (slots_[slot] != 0) slot = slot_of(slot + 1);
    slots_[slot] = static_cast<std::uint32_t>(number + 1);
    return number;
}

void KeyedRows::grow() {
    slots_.assign(std::max(first_slots, slots_.size() * 2), 0);
    for (std::size_t row = 0; row < hashes_.size(); ++row) {
        auto slot = slot_of(hashes_[row]);
        while (slots_[slot] != 0) slot = slot_of(slot + 1);
        slots_[slot] = static_cast<std::uint32_t>(row + 1);
    }
}

}  // namespace outlay::workers
