// Promise: a token opens only with the secret and purpose that sealed it, and only unchanged.
#include <gtest/gtest.h>

#include "api/http/cursor.hpp"

namespace outlay::api {
namespace {

platform::Secret secret(std::uint8_t fill) {
    platform::Secret value;
    value.fill(fill);
    return value;
}

TEST(HttpCursor, opens_what_it_sealed) {
    for (const std::string& payload :
         {std::string(), std::string("a"), std::string("\0\xFF\n", 3), std::string(500, 'x')}) {
        const std::string token = seal(secret(1), "cursor", payload);
        EXPECT_EQ(open(secret(1), "cursor", token), payload);
        EXPECT_EQ(token.find_first_not_of(
                      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                  std::string::npos);
    }
}

TEST(HttpCursor, another_secret_or_purpose_does_not_open_it) {
    const std::string token = seal(secret(1), "cursor", "payload");
    EXPECT_FALSE(open(secret(2), "cursor", token));
    EXPECT_FALSE(open(secret(1), "position", token));
}

TEST(HttpCursor, no_changed_character_goes_unnoticed) {
    const std::string token = seal(secret(1), "cursor", "payload");
    for (std::size_t i = 0; i < token.size(); ++i) {
        for (const char other : {'A', 'B', 'w', '9', '-', '=', ' '}) {
            std::string changed = token;
            if (changed[i] == other) continue;
            changed[i] = other;
            EXPECT_FALSE(open(secret(1), "cursor", changed)) << changed;
        }
    }
}

TEST(HttpCursor, shortened_lengthened_and_foreign_text_is_refused) {
    const std::string token = seal(secret(1), "cursor", "payload");
    for (std::size_t length = 0; length < token.size(); ++length) {
        EXPECT_FALSE(open(secret(1), "cursor", token.substr(0, length)));
    }
    EXPECT_FALSE(open(secret(1), "cursor", token + "A"));
    EXPECT_FALSE(open(secret(1), "cursor", token + token));
    EXPECT_FALSE(open(secret(1), "cursor", "not base64!"));
    EXPECT_FALSE(open(secret(1), "cursor", std::string(100'000, 'A')));
}

}  // namespace
}  // namespace outlay::api
