// The text of API keys: "olk_", 43 characters of base62 that hold 256 bits, and 6 that check them,
// so that typing errors and scanners' false finds are told apart without a look-up. Only the
// SHA-256 of the whole is stored. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "platform/hash.hpp"

namespace outlay::api {

std::string key_text(const platform::Digest& secret);
bool is_key_text(std::string_view text);
// As stored: hexadecimal.
std::string key_hash(std::string_view text);
std::string key_last4(std::string_view text);  // by which people recognise a key

}  // namespace outlay::api
