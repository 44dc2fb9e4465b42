// Sealing of small secrets that the store keeps. A sealed text names its key, so that keys can be
// changed; it opens only in the context that it was sealed for. Implemented by platform/sodium. Any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/values/result.hpp"
#include "platform/hash.hpp"

namespace outlay::platform {

// The first one seals; all of them open. Never empty.
using SealKeys = std::vector<Secret>;

// "s1.KEY.BYTES" with the key's id and the ciphertext as base64url.
std::string seal(const SealKeys& keys, std::string_view context, std::string_view plain);
// Empty: another form, an unknown key, another context, or altered bytes.
std::optional<std::string> open_sealed(const SealKeys& keys, std::string_view context,
                                       std::string_view sealed);
// Whether the first key sealed it.
bool is_sealed_by_first(const SealKeys& keys, std::string_view sealed);

// One key per line, 64 hexadecimal characters each. The error names what is wrong, never a key.
domain::Result<SealKeys, std::string> parse_seal_keys(std::string_view text);

// HMAC-SHA-256 without a purpose in front, as other programs compute it, and base64 with padding.
Digest hmac_sha256(std::string_view key, std::string_view bytes);
// Ed25519 (RFC 8032) with the key pair of a seed of 32 bytes: the public key, and a signature.
inline constexpr std::size_t ed25519_seed_bytes = 32;
std::string ed25519_public_key(std::string_view seed);
std::string ed25519_signature(std::string_view seed, std::string_view bytes);
std::string base64(std::string_view bytes);
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace outlay::platform
