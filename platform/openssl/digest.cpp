// SHA-256 and HMAC over OpenSSL, which uses the processor's SHA instructions where there are any:
// every request and every projected record is hashed several times.
// The plain functions of OpenSSL are used because a message digest context of the new interface
// costs more to set up than a short text costs to hash; they are deprecated, not removed.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "domain/values/check.hpp"
#include "platform/hash.hpp"

namespace outlay::platform {

namespace {

// One hash in the making.
class Hashing {
public:
    Hashing() { SHA256_Init(&context_); }
    ~Hashing() { OPENSSL_cleanse(&context_, sizeof context_); }
    Hashing(const Hashing&) = delete;
    Hashing& operator=(const Hashing&) = delete;

    Hashing& add(std::string_view bytes) {
        SHA256_Update(&context_, bytes.data(), bytes.size());
        return *this;
    }
    Digest end() {
        Digest digest{};
        SHA256_Final(digest.data(), &context_);
        return digest;
    }

private:
    SHA256_CTX context_{};
};

constexpr std::size_t block_bytes = 64;
constexpr char inner_octet = 0x36;  // RFC 2104
constexpr char outer_octet = 0x5c;

// The first block of either hash: the secret, filled up with zeros, combined with an octet.
std::array<char, block_bytes> pad(const Secret& secret, char octet) {
    std::array<char, block_bytes> block{};
    block.fill(octet);
    for (std::size_t i = 0; i < secret.size(); ++i) {
        block[i] = static_cast<char>(secret[i] ^ static_cast<unsigned char>(octet));
    }
    return block;
}

}  // namespace

Digest sha256(std::string_view bytes) {
    return Hashing().add(bytes).end();
}

Digest sha256(std::string_view first, std::string_view second) {
    return Hashing().add(first).add(second).end();
}

// HMAC-SHA-256(secret, purpose || 00 || bytes): no purpose holds a zero byte, so two uses never
// meet.
Digest keyed_hash(const Secret& secret, std::string_view purpose, std::string_view bytes) {
    CHECK(purpose.find('\0') == std::string_view::npos, "a purpose holds a zero byte");
    auto inner_pad = pad(secret, inner_octet);
    auto outer_pad = pad(secret, outer_octet);
    const Digest inner = Hashing()
                             .add({inner_pad.data(), inner_pad.size()})
                             .add(purpose)
                             .add({"\0", 1})
                             .add(bytes)
                             .end();
    const Digest outer =
        Hashing().add({outer_pad.data(), outer_pad.size()}).add(bytes_of(inner)).end();
    OPENSSL_cleanse(inner_pad.data(), inner_pad.size());
    OPENSSL_cleanse(outer_pad.data(), outer_pad.size());
    return outer;
}

}  // namespace outlay::platform
