// Levenshtein's distance, row by row.
#include "app/nearest_name.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace outlay::app {

namespace {

std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t left = 0; left < from.size(); ++left) {
        auto diagonal = row[0];
        row[0] = left + 1;
        for (std::size_t right = 0; right < to.size(); ++right) {
            const auto replaced = diagonal + (from[left] == to[right] ? 0 : 1);
            diagonal = row[right + 1];
            row[right + 1] = std::min({replaced, diagonal + 1, row[right] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string nearest_name(std::string_view mistaken, std::span<const std::string> known) {
    const auto nearest = std::ranges::min_element(
        known, {}, [mistaken](const std::string& name) { return distance(mistaken, name); });
    return nearest == known.end() ? std::string{} : *nearest;
}

}  // namespace outlay::app
