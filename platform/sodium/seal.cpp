// XChaCha20-Poly1305 with a random nonce; the context is authenticated beside the text.
#include "platform/seal.hpp"

#include <sodium.h>

#include <algorithm>

#include "domain/values/check.hpp"
#include "platform/sodium/ready.hpp"

namespace outlay::platform {

namespace {

constexpr std::string_view form = "s1.";
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(std::tuple_size_v<Secret> == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::string id_of(const Secret& key) {
    constexpr std::size_t id_bytes = 6;
    const auto digest = keyed_hash(key, "seal-key-id", "");
    return base64url(bytes_of(digest).substr(0, id_bytes));
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<Secret> key_of(std::string_view line) {
    Secret key{};
    if (line.size() != 2 * key.size()) return std::nullopt;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const int high = hex_digit(line[2 * i]);
        const int low = hex_digit(line[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        key[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return key;
}

}  // namespace

std::string seal(const SealKeys& keys, std::string_view context, std::string_view plain) {
    require_sodium();
    const auto& key = keys.at(0);
    std::string sealed(nonce_bytes + plain.size() + tag_bytes, '\0');
    randombytes_buf(sealed.data(), nonce_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(sealed) + nonce_bytes, nullptr, bytes(plain),
                                               plain.size(), bytes(context), context.size(),
                                               nullptr, bytes(sealed), key.data());
    return std::string(form) + id_of(key) + "." + base64url(sealed);
}

std::optional<std::string> open_sealed(const SealKeys& keys, std::string_view context,
                                       std::string_view sealed) {
    require_sodium();
    if (!sealed.starts_with(form)) return std::nullopt;
    sealed.remove_prefix(form.size());
    const auto dot = sealed.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto raw = decode_base64url(sealed.substr(dot + 1));
    if (!raw || raw->size() < nonce_bytes + tag_bytes) return std::nullopt;
    const auto key = std::ranges::find(keys, sealed.substr(0, dot), id_of);
    if (key == keys.end()) return std::nullopt;
    std::string plain(raw->size() - nonce_bytes - tag_bytes, '\0');
    const std::string_view coded(*raw);
    const int wrong = crypto_aead_xchacha20poly1305_ietf_decrypt(
        bytes(plain), nullptr, nullptr, bytes(coded.substr(nonce_bytes)),
        coded.size() - nonce_bytes, bytes(context), context.size(), bytes(coded), key->data());
    return wrong == 0 ? std::optional(std::move(plain)) : std::nullopt;
}

bool is_sealed_by_first(const SealKeys& keys, std::string_view sealed) {
    return sealed.starts_with(std::string(form) + id_of(keys.at(0)) + ".");
}

domain::Result<SealKeys, std::string> parse_seal_keys(std::string_view text) {
    SealKeys keys;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        const auto key = key_of(line);
        if (!key)
            return domain::Fail{"key " + std::to_string(keys.size() + 1) +
                                " is not 64 hexadecimal characters"};
        keys.push_back(*key);
    }
    if (keys.empty()) return domain::Fail{std::string("there is no key")};
    return keys;
}

Digest hmac_sha256(std::string_view key, std::string_view text) {
    require_sodium();
    Digest digest{};
    static_assert(std::tuple_size_v<Digest> == crypto_auth_hmacsha256_BYTES);
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes(text), text.size());
    crypto_auth_hmacsha256_final(&state, digest.data());
    return digest;
}

namespace {

struct KeyPair {
    std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> open{};
    std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
    KeyPair() = default;
    KeyPair(const KeyPair&) = delete;
    KeyPair& operator=(const KeyPair&) = delete;
    ~KeyPair() { sodium_memzero(secret.data(), secret.size()); }
};

void make_pair(std::string_view seed, KeyPair& pair) {
    require_sodium();
    static_assert(ed25519_seed_bytes == crypto_sign_SEEDBYTES);
    CHECK(seed.size() == ed25519_seed_bytes, "a seed of another size");
    crypto_sign_seed_keypair(pair.open.data(), pair.secret.data(), bytes(seed));
}

}  // namespace

std::string ed25519_public_key(std::string_view seed) {
    KeyPair pair;
    make_pair(seed, pair);
    return {pair.open.begin(), pair.open.end()};
}

std::string ed25519_signature(std::string_view seed, std::string_view text) {
    KeyPair pair;
    make_pair(seed, pair);
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(bytes(signature), nullptr, bytes(text), text.size(), pair.secret.data());
    return signature;
}

std::string base64(std::string_view plain) {
    constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
    std::string text(sodium_base64_encoded_len(plain.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes(plain), plain.size(), variant);
    text.pop_back();  // the NUL
    return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
    std::string plain(text.size(), '\0');
    std::size_t length = 0;
    const char* end = nullptr;
    const int wrong = sodium_base642bin(bytes(plain), plain.size(), text.data(), text.size(),
                                        nullptr, &length, &end, sodium_base64_VARIANT_ORIGINAL);
    if (wrong != 0 || end != text.data() + text.size()) return std::nullopt;
    plain.resize(length);
    return plain;
}

}  // namespace outlay::platform
