// Promise: for all amounts, arithmetic is exact or says that it cannot be, and the decimal text
// loses nothing.
#include "domain/values/money.hpp"

#include <algorithm>
#include <limits>

#include "tests/property/random_input.hpp"

namespace outlay::domain {
namespace {

using property::RandomInput;

__extension__ using Wide = __int128;

std::optional<std::int64_t> narrow(Wide exact) {
    if (exact < std::numeric_limits<std::int64_t>::min()) return std::nullopt;
    if (exact > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    return static_cast<std::int64_t>(exact);
}

TEST(MoneyProperty, arithmetic_equals_that_of_wider_numbers) {
    RandomInput random;
    for (int round = 0; round < 200'000; ++round) {
        const std::int64_t left = random.wide_number();
        const std::int64_t right = random.wide_number();
        ASSERT_EQ(checked_add(left, right), narrow(Wide{left} + right)) << left << " + " << right;
        ASSERT_EQ(checked_subtract(left, right), narrow(Wide{left} - right))
            << left << " - " << right;
    }
}

// Reads a decimal text by dropping its point: exact for every text that decimal_text may write.
Wide minor_of(const std::string& text) {
    Wide minor = 0;
    for (const char c : text) {
        if (c >= '0' && c <= '9') minor = minor * 10 + (c - '0');
    }
    return text.front() == '-' ? -minor : minor;
}

TEST(MoneyProperty, decimal_text_keeps_every_digit) {
    RandomInput random;
    for (int round = 0; round < 100'000; ++round) {
        const std::int64_t minor = random.wide_number();
        const auto exponent = static_cast<int>(random.number(0, 4));
        const std::string text = decimal_text(minor, exponent);
        ASSERT_TRUE(minor_of(text) == minor) << text;
        const std::size_t point = text.find('.');
        if (exponent == 0) {
            ASSERT_EQ(point, std::string::npos) << text;
            continue;
        }
        ASSERT_EQ(text.size() - point - 1, static_cast<std::size_t>(exponent)) << text;
        // Exactly one digit before the point, or a first digit that is not zero.
        const std::size_t first = text.front() == '-' ? 1 : 0;
        ASSERT_GE(point, first + 1) << text;
        ASSERT_TRUE(point == first + 1 || text[first] != '0') << text;
    }
}

TEST(MoneyProperty, nine_million_largest_amounts_still_add_up) {
    const auto sum = narrow(Wide{amount_minor_max} * 9'000'000);
    ASSERT_TRUE(sum.has_value());
    EXPECT_TRUE(checked_add(*sum, amount_minor_max).has_value());
}

}  // namespace
}  // namespace outlay::domain
