// Promise: a bounded map forgets what was used longest ago, by weight, and a value that is taken
// out is forgotten with its weight.
#include <gtest/gtest.h>

#include <string>

#include "workers/lru.hpp"

namespace outlay::workers {
namespace {

std::string known(Lru<int, int>& map) {
    std::string text;
    for (int key = 1; key <= 5; ++key) {
        if (map.find(key) != nullptr) text += std::to_string(key);
    }
    return text;
}

TEST(Lru, forgets_what_was_used_longest_ago) {
    Lru<int, int> map(3);
    for (int key = 1; key <= 3; ++key) map.put(key, 10 * key);
    EXPECT_EQ(*map.find(1), 10);
    map.put(4, 40);
    EXPECT_EQ(known(map), "134");
    map.put(4, 41);
    EXPECT_EQ(known(map), "134") << "one more of the same key";
    map.clear();
    EXPECT_EQ(known(map), "");
}

TEST(Lru, makes_room_by_weight) {
    Lru<int, int> map(10);
    map.put(1, 0, 4);
    map.put(2, 0, 4);
    map.put(3, 0, 3);
    EXPECT_EQ(known(map), "23");
    map.put(4, 0, 11);
    EXPECT_EQ(known(map), "23") << "alone too heavy";
    map.put(2, 0, 11);
    EXPECT_EQ(known(map), "3") << "the older value is no longer true";
}

TEST(Lru, gives_values_away) {
    Lru<int, int> map(10);
    map.put(1, 7, 9);
    EXPECT_EQ(map.take(1), 7);
    EXPECT_EQ(map.take(1), std::nullopt);
    map.put(2, 0, 5);
    map.put(3, 0, 5);
    EXPECT_EQ(known(map), "23");
}

}  // namespace
}  // namespace outlay::workers
