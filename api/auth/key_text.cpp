// Base62 needs no escaping anywhere and is selected as one word by a double click.
#include "api/auth/key_text.hpp"

#include <algorithm>
#include <array>
#include <ranges>

namespace outlay::api {

namespace {

constexpr std::string_view prefix = "olk_";
constexpr std::string_view digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t secret_chars = 43;  // 62^43 > 2^256
constexpr std::size_t check_chars = 6;    // 62^6 > 2^32
constexpr std::size_t check_bytes = 4;

// A big-endian number in base 62, with leading zeros.
template <std::size_t Size>
std::string base62(std::array<std::uint8_t, Size> number, std::size_t chars) {
    std::string text(chars, '0');
    for (char& place : std::views::reverse(text)) {
        std::uint32_t rest = 0;
        for (auto& byte : number) {
            const std::uint32_t part = rest * 256 + byte;
            byte = static_cast<std::uint8_t>(part / digits.size());
            rest = static_cast<std::uint32_t>(part % digits.size());
        }
        place = digits[rest];
    }
    return text;
}

std::string check_of(std::string_view secret) {
    const auto digest = platform::sha256(secret);
    std::array<std::uint8_t, check_bytes> number{};
    std::copy_n(digest.begin(), number.size(), number.begin());
    return base62(number, check_chars);
}

}  // namespace

std::string key_text(const platform::Digest& secret) {
    const auto body = base62(secret, secret_chars);
    return std::string(prefix) + body + check_of(body);
}

bool is_key_text(std::string_view text) {
    if (text.size() != prefix.size() + secret_chars + check_chars || !text.starts_with(prefix)) {
        return false;
    }
    const auto body = text.substr(prefix.size(), secret_chars);
    return body.find_first_not_of(digits) == std::string_view::npos &&
           check_of(body) == text.substr(prefix.size() + secret_chars);
}

std::string key_hash(std::string_view text) {
    return platform::hex(platform::bytes_of(platform::sha256(text)));
}

std::string key_last4(std::string_view text) {
    return std::string(text.substr(text.size() - std::min<std::size_t>(text.size(), 4)));
}

}  // namespace outlay::api
