// Hashes, keyed hashes and randomness. Implemented by platform/openssl (the hashes) and
// platform/sodium. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/values/ids.hpp"

namespace outlay::platform {

using Digest = std::array<std::uint8_t, 32>;
using Secret = std::array<std::uint8_t, 32>;  // never logged

Digest sha256(std::string_view bytes);
Digest sha256(std::string_view first, std::string_view second);  // of the concatenation
// HMAC-SHA-256; `purpose` separates uses of one secret (tokens, cursors, fingerprints).
Digest keyed_hash(const Secret& secret, std::string_view purpose, std::string_view bytes);
bool equal_constant_time(std::string_view left, std::string_view right);

std::string hex(std::string_view bytes);
inline std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
std::string base64url(std::string_view bytes);  // without padding
std::optional<std::string> decode_base64url(std::string_view text);

// RFC 9562: name-based (version 5 layout over SHA-256 truncated; see docs/journal.md) and
// time-ordered.
domain::Uuid uuid_of_name(const domain::Uuid& space, std::string_view name);
domain::Uuid random_uuid_v7(std::int64_t unix_millis);
void random_bytes(std::uint8_t* out, std::size_t count);

}  // namespace outlay::platform
