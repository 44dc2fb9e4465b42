// Keyed hashes, text forms of hashes, comparison in constant time and randomness over libsodium.
#include "platform/hash.hpp"

#include <sodium.h>

#include "domain/values/check.hpp"
#include "platform/sodium/ready.hpp"

namespace outlay::platform {

namespace {

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

void require_sodium() {
    static const bool works = sodium_init() >= 0;
    CHECK(works, "libsodium cannot be initialised");
}

// HMAC-SHA-256(secret, purpose || 00 || bytes): no purpose holds a zero byte, so two uses never
// meet.
Digest keyed_hash(const Secret& secret, std::string_view purpose, std::string_view bytes) {
    require_sodium();
    CHECK(purpose.find('\0') == std::string_view::npos, "a purpose holds a zero byte");
    constexpr unsigned char separator = 0;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, secret.data(), secret.size());
    crypto_auth_hmacsha256_update(&state, raw(purpose), purpose.size());
    crypto_auth_hmacsha256_update(&state, &separator, 1);
    crypto_auth_hmacsha256_update(&state, raw(bytes), bytes.size());
    Digest digest{};
    crypto_auth_hmacsha256_final(&state, digest.data());
    sodium_memzero(&state, sizeof state);
    return digest;
}

bool equal_constant_time(std::string_view left, std::string_view right) {
    require_sodium();
    return left.size() == right.size() &&
           sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string hex(std::string_view bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');  // libsodium writes the terminating zero too
    sodium_bin2hex(text.data(), text.size(), raw(bytes), bytes.size());
    text.pop_back();
    return text;
}

std::string base64url(std::string_view bytes) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), raw(bytes), bytes.size(), variant);
    text.pop_back();
    return text;
}

std::optional<std::string> decode_base64url(std::string_view text) {
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    std::size_t length = 0;
    const int refused = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()),
                                          bytes.size(), text.data(), text.size(), nullptr, &length,
                                          nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    if (refused != 0) return std::nullopt;
    bytes.resize(length);
    return bytes;
}

void random_bytes(std::uint8_t* out, std::size_t count) {
    require_sodium();
    randombytes_buf(out, count);
}

}  // namespace outlay::platform
