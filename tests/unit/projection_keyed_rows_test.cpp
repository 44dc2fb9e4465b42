// Promise: keyed rows hold one row per key, find it by its key columns alone, and keep the order in
// which rows came, however many there are.
#include "workers/keyed_rows.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace outlay::tests {
namespace {

using workers::KeyedRows;
using workers::Row;

constexpr std::array columns{
    sql::Column{"name", sql::Type::text},
    sql::Column{"number", sql::Type::integer},
    sql::Column{"amount", sql::Type::integer},
};
constexpr sql::Table table{"read.things", columns, 2};

Row row_of(std::int64_t number, std::int64_t amount) {
    return {"name " + std::to_string(number % 7), number, amount};
}

TEST(KeyedRows, find_every_row_by_its_key_among_thousands) {
    constexpr std::int64_t count = 5'000;
    KeyedRows rows(table);
    for (std::int64_t i = 0; i < count; ++i) {
        EXPECT_FALSE(rows.find(row_of(i, 0)));
        EXPECT_EQ(rows.add(row_of(i, i * 2)), static_cast<std::size_t>(i));
    }
    for (std::int64_t i = 0; i < count; ++i) {
        const auto found = rows.find(row_of(i, -1));
        ASSERT_TRUE(found);
        EXPECT_EQ(std::get<std::int64_t>(rows[*found][2]), i * 2);
    }
    EXPECT_EQ(rows.cells().size(), static_cast<std::size_t>(count) * 3);
    EXPECT_EQ(rows.cells()[4], sql::Value(std::int64_t{1}));
}

TEST(KeyedRows, tell_keys_apart_that_differ_in_kind_or_split) {
    KeyedRows rows(table);
    rows.add({std::string("1"), std::int64_t{2}, std::int64_t{0}});
    EXPECT_FALSE(rows.find(Row{std::string("12"), std::int64_t{0}}));
    EXPECT_FALSE(rows.find(Row{std::int64_t{1}, std::int64_t{2}}));
    EXPECT_FALSE(rows.find(Row{sql::Null{}, std::int64_t{2}}));
    EXPECT_TRUE(rows.find(Row{std::string("1"), std::int64_t{2}}));
}

TEST(KeyedRows, can_be_changed_in_place) {
    KeyedRows rows(table);
    const auto number = rows.add(row_of(1, 10));
    rows[number][2] = std::int64_t{11};
    EXPECT_EQ(rows.cells()[2], sql::Value(std::int64_t{11}));
}

}  // namespace
}  // namespace outlay::tests
