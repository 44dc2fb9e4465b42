// Money: int64 minor units and an ISO 4217 currency; checked arithmetic, never floats, never mixed
// currencies. Values; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outlay::domain {

// The largest amount of one expense or limit; sums of 9 million such amounts still fit in int64.
inline constexpr std::int64_t amount_minor_max = 1'000'000'000'000;

// A currency of the ISO 4217 table (list one, active codes that denote money). Upper case.
class Currency {
public:
    static std::optional<Currency> parse(std::string_view code);
    std::string_view code() const noexcept { return {code_.data(), code_.size()}; }
    // Digits after the decimal point of the major unit: 0 for JPY, 2 for EUR, 3 for BHD, 4 for CLF.
    int exponent() const noexcept;
    auto operator<=>(const Currency&) const = default;

private:
    explicit Currency(std::array<char, 3> code) : code_(code) {}
    std::array<char, 3> code_;
};

struct Money {
    std::int64_t minor = 0;  // minor units of the currency
    Currency currency;
    auto operator<=>(const Money&) const = default;
};

// Empty when the sum or difference leaves int64.
std::optional<std::int64_t> checked_add(std::int64_t left, std::int64_t right);
std::optional<std::int64_t> checked_subtract(std::int64_t left, std::int64_t right);
// "12.50 EUR", for people and CSV.
std::string decimal_text(const Money& money);
std::string decimal_text(std::int64_t minor, int exponent);

}  // namespace outlay::domain
