// Text forms of 128-bit ids: Crockford base32 (TypeID) and the hexadecimal UUID form.
#include "domain/values/ids.hpp"

namespace outlay::domain {

namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // no i, l, o, u
constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::size_t base32_chars = 26;  // 130 bits; the two above 128 are zero
constexpr std::size_t uuid_chars = 36;
constexpr std::uint8_t not_a_digit = 0xFF;

// Digit values by character, `not_a_digit` for everything else.
using DigitValues = std::array<std::uint8_t, 256>;

constexpr DigitValues values_of(std::string_view digits) {
    DigitValues values{};
    values.fill(not_a_digit);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        values[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}
constexpr DigitValues base32_values = values_of(alphabet);
constexpr DigitValues hex_values = values_of(hex_digits);

std::uint8_t value_of(const DigitValues& values, char digit) {
    return values[static_cast<unsigned char>(digit)];
}

struct Halves {  // a 128-bit number
    std::uint64_t high = 0;
    std::uint64_t low = 0;
};

Halves halves_of(const Uuid& uuid) {
    Halves halves;
    for (std::size_t i = 0; i < 8; ++i) {
        halves.high = (halves.high << 8U) | uuid.bytes[i];
        halves.low = (halves.low << 8U) | uuid.bytes[i + 8];
    }
    return halves;
}

Uuid uuid_of(Halves halves) {
    Uuid uuid;
    for (std::size_t i = 8; i-- > 0;) {
        uuid.bytes[i] = static_cast<std::uint8_t>(halves.high & 0xFFU);
        uuid.bytes[i + 8] = static_cast<std::uint8_t>(halves.low & 0xFFU);
        halves.high >>= 8U;
        halves.low >>= 8U;
    }
    return uuid;
}

bool has_dash_at(std::size_t position) {
    return position == 8 || position == 13 || position == 18 || position == 23;
}

}  // namespace

std::string Uuid::text() const {
    std::string text;
    text.reserve(uuid_chars);
    for (const std::uint8_t byte : bytes) {
        if (has_dash_at(text.size())) text.push_back('-');
        text.push_back(hex_digits[byte >> 4U]);
        text.push_back(hex_digits[byte & 0xFU]);
    }
    return text;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != uuid_chars) return std::nullopt;
    Uuid uuid;
    std::size_t position = 0;
    for (std::uint8_t& byte : uuid.bytes) {
        if (has_dash_at(position) && text[position++] != '-') return std::nullopt;
        const std::uint8_t high = value_of(hex_values, text[position++]);
        const std::uint8_t low = value_of(hex_values, text[position++]);
        if (high == not_a_digit || low == not_a_digit) return std::nullopt;
        byte = static_cast<std::uint8_t>((high << 4U) | low);
    }
    return uuid;
}

std::string base32_of(const Uuid& value) {
    Halves rest = halves_of(value);
    std::string text(base32_chars, '0');
    for (std::size_t i = base32_chars; i-- > 0;) {
        text[i] = alphabet[rest.low & 0x1FU];
        rest.low = (rest.low >> 5U) | (rest.high << 59U);
        rest.high >>= 5U;
    }
    return text;
}

std::optional<Uuid> uuid_of_base32(std::string_view text) {
    // A first character above '7' would need more than 128 bits.
    if (text.size() != base32_chars || text.front() > '7') return std::nullopt;
    Halves number;
    for (const char digit : text) {
        const std::uint8_t value = value_of(base32_values, digit);
        if (value == not_a_digit) return std::nullopt;
        number.high = (number.high << 5U) | (number.low >> 59U);
        number.low = (number.low << 5U) | value;
    }
    return uuid_of(number);
}

}  // namespace outlay::domain
