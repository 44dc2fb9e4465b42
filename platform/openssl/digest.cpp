// SHA-256 over OpenSSL, which uses the processor's SHA instructions where there are any:
// every request and every projected record is hashed several times.
// The plain functions of OpenSSL are used because a message digest context of the new interface
// costs more to set up than a short text costs to hash; they are deprecated, not removed.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

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

}  // namespace

Digest sha256(std::string_view bytes) {
    return Hashing().add(bytes).end();
}

Digest sha256(std::string_view first, std::string_view second) {
    return Hashing().add(first).add(second).end();
}

}  // namespace outlay::platform
