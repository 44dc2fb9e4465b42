// Promise: money has an ISO 4217 currency with its right exponent, and arithmetic never wraps.
#include "domain/values/money.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace outlay::domain {
namespace {

TEST(Currencies, have_the_exponent_of_the_standard) {
    struct Row {
        int exponent;
        std::vector<const char*> codes;
    };
    const std::vector<Row> rows{
        {0,
         {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
          "VUV", "XAF", "XOF", "XPF"}},
        {2,
         {"AED", "CHF", "CNY", "EUR", "GBP", "INR", "MGA", "MRU", "USD", "XCD", "XCG", "ZAR",
          "ZWG"}},
        {3, {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}},
        {4, {"CLF", "UYW"}},
    };
    for (const Row& row : rows) {
        for (const char* code : row.codes) {
            const auto currency = Currency::parse(code);
            ASSERT_TRUE(currency.has_value()) << code;
            EXPECT_EQ(currency->code(), code);
            EXPECT_EQ(currency->exponent(), row.exponent) << code;
        }
    }
}

TEST(Currencies, are_as_many_as_the_standard_has_with_a_minor_unit) {
    int found = 0;
    for (char a = 'A'; a <= 'Z'; ++a) {
        for (char b = 'A'; b <= 'Z'; ++b) {
            for (char c = 'A'; c <= 'Z'; ++c) {
                if (Currency::parse(std::string{a, b, c})) ++found;
            }
        }
    }
    EXPECT_EQ(found, 165);
}

TEST(Currencies, that_are_no_money_or_withdrawn_or_misspelt_are_refused) {
    for (const char* code :
         {"",    "E",   "EU",  "EURO", "eur", "Eur", "XXX", "XTS", "XAU", "XAG", "XPT", "XPD",
          "XDR", "XBA", "XSU", "XUA",  "BGN", "ANG", "HRK", "ZWL", "DEM", "BTC", "   "}) {
        EXPECT_EQ(Currency::parse(code), std::nullopt) << code;
    }
}

TEST(Money, is_written_with_the_digits_of_its_currency) {
    const auto text = [](std::int64_t minor, const char* code) {
        return decimal_text(Money{minor, *Currency::parse(code)});
    };
    EXPECT_EQ(text(1250, "EUR"), "12.50 EUR");
    EXPECT_EQ(text(5, "EUR"), "0.05 EUR");
    EXPECT_EQ(text(0, "EUR"), "0.00 EUR");
    EXPECT_EQ(text(-5, "EUR"), "-0.05 EUR");
    EXPECT_EQ(text(-1250, "EUR"), "-12.50 EUR");
    EXPECT_EQ(text(1250, "JPY"), "1250 JPY");
    EXPECT_EQ(text(1250, "KWD"), "1.250 KWD");
    EXPECT_EQ(text(1250, "CLF"), "0.1250 CLF");
    EXPECT_EQ(text(std::numeric_limits<std::int64_t>::min(), "EUR"), "-92233720368547758.08 EUR");
    EXPECT_EQ(text(std::numeric_limits<std::int64_t>::max(), "JPY"), "9223372036854775807 JPY");
}

TEST(Money, adds_up_to_the_end_of_the_range_and_not_beyond) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    EXPECT_EQ(checked_add(most - 1, 1), most);
    EXPECT_EQ(checked_add(most, 1), std::nullopt);
    EXPECT_EQ(checked_add(least, -1), std::nullopt);
    EXPECT_EQ(checked_subtract(least + 1, 1), least);
    EXPECT_EQ(checked_subtract(least, 1), std::nullopt);
    EXPECT_EQ(checked_subtract(0, least), std::nullopt);
    EXPECT_EQ(checked_subtract(-1, least), most);
}

}  // namespace
}  // namespace outlay::domain
