// The ISO 4217 table and checked arithmetic on minor units.
#include "domain/values/money.hpp"

#include <algorithm>

#include "domain/values/check.hpp"

namespace outlay::domain {

namespace {

struct TableEntry {
    std::string_view code;
    int exponent;
};

// ISO 4217 list one as published on 2026-09-17: every code that has a minor unit, so funds such as
// CLF are in; metals, bond units, drawing rights, XTS and XXX, which have none, are out. Withdrawn
// codes (BGN, ANG, HRK, ...) are in list three and not accepted. To update: replace rows and this
// date; a code that is in the journal already must stay, because events that carry it are read for
// ever.
// clang-format off
constexpr std::array<TableEntry, 165> iso_4217{{
    {"AED", 2}, {"AFN", 2}, {"ALL", 2}, {"AMD", 2}, {"AOA", 2}, {"ARS", 2}, {"AUD", 2}, {"AWG", 2},
    {"AZN", 2}, {"BAM", 2}, {"BBD", 2}, {"BDT", 2}, {"BHD", 3}, {"BIF", 0}, {"BMD", 2}, {"BND", 2},
    {"BOB", 2}, {"BOV", 2}, {"BRL", 2}, {"BSD", 2}, {"BTN", 2}, {"BWP", 2}, {"BYN", 2}, {"BZD", 2},
    {"CAD", 2}, {"CDF", 2}, {"CHE", 2}, {"CHF", 2}, {"CHW", 2}, {"CLF", 4}, {"CLP", 0}, {"CNY", 2},
    {"COP", 2}, {"COU", 2}, {"CRC", 2}, {"CUP", 2}, {"CVE", 2}, {"CZK", 2}, {"DJF", 0}, {"DKK", 2},
    {"DOP", 2}, {"DZD", 2}, {"EGP", 2}, {"ERN", 2}, {"ETB", 2}, {"EUR", 2}, {"FJD", 2}, {"FKP", 2},
    {"GBP", 2}, {"GEL", 2}, {"GHS", 2}, {"GIP", 2}, {"GMD", 2}, {"GNF", 0}, {"GTQ", 2}, {"GYD", 2},
    {"HKD", 2}, {"HNL", 2}, {"HTG", 2}, {"HUF", 2}, {"IDR", 2}, {"ILS", 2}, {"INR", 2}, {"IQD", 3},
    {"IRR", 2}, {"ISK", 0}, {"JMD", 2}, {"JOD", 3}, {"JPY", 0}, {"KES", 2}, {"KGS", 2}, {"KHR", 2},
    {"KMF", 0}, {"KPW", 2}, {"KRW", 0}, {"KWD", 3}, {"KYD", 2}, {"KZT", 2}, {"LAK", 2}, {"LBP", 2},
    {"LKR", 2}, {"LRD", 2}, {"LSL", 2}, {"LYD", 3}, {"MAD", 2}, {"MDL", 2}, {"MGA", 2}, {"MKD", 2},
    {"MMK", 2}, {"MNT", 2}, {"MOP", 2}, {"MRU", 2}, {"MUR", 2}, {"MVR", 2}, {"MWK", 2}, {"MXN", 2},
    {"MXV", 2}, {"MYR", 2}, {"MZN", 2}, {"NAD", 2}, {"NGN", 2}, {"NIO", 2}, {"NOK", 2}, {"NPR", 2},
    {"NZD", 2}, {"OMR", 3}, {"PAB", 2}, {"PEN", 2}, {"PGK", 2}, {"PHP", 2}, {"PKR", 2}, {"PLN", 2},
    {"PYG", 0}, {"QAR", 2}, {"RON", 2}, {"RSD", 2}, {"RUB", 2}, {"RWF", 0}, {"SAR", 2}, {"SBD", 2},
    {"SCR", 2}, {"SDG", 2}, {"SEK", 2}, {"SGD", 2}, {"SHP", 2}, {"SLE", 2}, {"SOS", 2}, {"SRD", 2},
    {"SSP", 2}, {"STN", 2}, {"SVC", 2}, {"SYP", 2}, {"SZL", 2}, {"THB", 2}, {"TJS", 2}, {"TMT", 2},
    {"TND", 3}, {"TOP", 2}, {"TRY", 2}, {"TTD", 2}, {"TWD", 2}, {"TZS", 2}, {"UAH", 2}, {"UGX", 0},
    {"USD", 2}, {"USN", 2}, {"UYI", 0}, {"UYU", 2}, {"UYW", 4}, {"UZS", 2}, {"VED", 2}, {"VES", 2},
    {"VND", 0}, {"VUV", 0}, {"WST", 2}, {"XAD", 2}, {"XAF", 0}, {"XCD", 2}, {"XCG", 2}, {"XOF", 0},
    {"XPF", 0}, {"YER", 2}, {"ZAR", 2}, {"ZMW", 2}, {"ZWG", 2},
}};
// clang-format on

static_assert(std::ranges::is_sorted(iso_4217, {}, &TableEntry::code),
              "looked up by binary search");

const TableEntry* find_entry(std::string_view code) {
    const auto* const entry = std::ranges::lower_bound(iso_4217, code, {}, &TableEntry::code);
    return entry != iso_4217.end() && entry->code == code ? entry : nullptr;
}

}  // namespace

std::optional<Currency> Currency::parse(std::string_view code) {
    if (find_entry(code) == nullptr) return std::nullopt;
    return Currency{std::array<char, 3>{code[0], code[1], code[2]}};
}

int Currency::exponent() const noexcept {
    const TableEntry* const entry = find_entry(code());
    CHECK(entry != nullptr, "a Currency outside its table");
    return entry->exponent;
}

std::optional<std::int64_t> checked_add(std::int64_t left, std::int64_t right) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(left, right, &sum)) return std::nullopt;
    return sum;
}

std::optional<std::int64_t> checked_subtract(std::int64_t left, std::int64_t right) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(left, right, &difference)) return std::nullopt;
    return difference;
}

std::string decimal_text(std::int64_t minor, int exponent) {
    CHECK(exponent >= 0, "an exponent is a number of digits");
    // Unsigned, because the smallest int64 has no positive counterpart.
    const std::uint64_t magnitude =
        minor < 0 ? 0 - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor);
    std::string digits = std::to_string(magnitude);
    const auto fraction = static_cast<std::size_t>(exponent);
    if (digits.size() <= fraction) digits.insert(0, fraction + 1 - digits.size(), '0');
    if (fraction > 0) digits.insert(digits.size() - fraction, 1, '.');
    return minor < 0 ? "-" + digits : digits;
}

std::string decimal_text(const Money& money) {
    return decimal_text(money.minor, money.currency.exponent()) + " " +
           std::string(money.currency.code());
}

}  // namespace outlay::domain
