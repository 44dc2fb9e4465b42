// Seals and opens tokens.
#include "api/http/cursor.hpp"

namespace outlay::api {

namespace {

constexpr std::size_t mac_bytes = 16;
// Longer ones are not ours; nobody's patience is spent on decoding them.
constexpr std::size_t token_chars_max = 4096;

std::string mac_of(const platform::Secret& secret, std::string_view purpose,
                   std::string_view payload) {
    const platform::Digest digest = platform::keyed_hash(secret, purpose, payload);
    return std::string(platform::bytes_of(digest).substr(0, mac_bytes));
}

}  // namespace

std::string seal(const platform::Secret& secret, std::string_view purpose,
                 std::string_view payload) {
    return platform::base64url(std::string(payload) + mac_of(secret, purpose, payload));
}

std::optional<std::string> open(const platform::Secret& secret, std::string_view purpose,
                                std::string_view token) {
    if (token.size() > token_chars_max) return std::nullopt;
    auto bytes = platform::decode_base64url(token);
    if (!bytes || bytes->size() < mac_bytes) return std::nullopt;
    const std::string mac = bytes->substr(bytes->size() - mac_bytes);
    bytes->resize(bytes->size() - mac_bytes);
    if (!platform::equal_constant_time(mac, mac_of(secret, purpose, *bytes))) return std::nullopt;
    // Two spellings of one token would be two tokens to whoever compares them as text.
    if (platform::base64url(*bytes + mac) != token) return std::nullopt;
    return bytes;
}

}  // namespace outlay::api
