// Decoding of PostgreSQL's text form. Sessions run with UTC, ISO dates and hex bytea
// (store.cpp).
#include "platform/postgres/text_form.hpp"

#include <charconv>

#include "platform/postgres/types.hpp"

namespace outlay::postgres {
namespace {

std::int64_t integer_of(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    CHECK(error == std::errc{} && end == text.data() + text.size(), "not the text of an integer");
    return value;
}

unsigned digit_of(char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
}

// "\x6f75" in lower case.
std::string bytes_of(std::string_view text) {
    CHECK(text.starts_with("\\x") && text.size() % 2 == 0, "bytea_output is hex");
    std::string bytes;
    bytes.reserve(text.size() / 2 - 1);
    for (std::size_t i = 2; i < text.size(); i += 2) {
        bytes.push_back(static_cast<char>((digit_of(text[i]) << 4U) | digit_of(text[i + 1])));
    }
    return bytes;
}

// "2026-11-20 08:15:00.12+00" becomes "2026-11-20T08:15:00.120000Z", always with six digits: the
// form in which texts sort as the times do.
std::string instant_of(std::string_view text) {
    constexpr std::size_t seconds_end = 19;
    constexpr std::size_t fraction_digits = 6;
    if (text.size() < seconds_end + 3 || !text.ends_with("+00")) return std::string(text);
    std::string instant(text.substr(0, text.size() - 3));
    instant[10] = 'T';
    if (instant.size() == seconds_end) instant.push_back('.');
    instant.resize(seconds_end + 1 + fraction_digits, '0');
    instant.push_back('Z');
    return instant;
}

}  // namespace

sql::Value cell_of(std::uint32_t oid, std::string_view text) {
    switch (oid) {
        case oid_int2:
        case oid_int4:
        case oid_int8:
        case oid_oid:
            return integer_of(text);
        case oid_bool:
            return std::int64_t{text == "t" ? 1 : 0};
        case oid_bytea:
            return bytes_of(text);
        case oid_timestamptz:
            return instant_of(text);
        default:
            return std::string(text);  // a number, not an enum: all other types are text
    }
}

}  // namespace outlay::postgres
