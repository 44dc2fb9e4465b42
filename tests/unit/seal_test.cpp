// Promise: what is sealed opens with a known key in its own context only; keys can be changed
// without losing anything, and nothing that was altered opens.
#include "platform/seal.hpp"

#include <gtest/gtest.h>

namespace outlay::platform {
namespace {

constexpr Secret older{1, 2, 3};
constexpr Secret newer{4, 5, 6};

TEST(Sealing, opens_in_its_context_only) {
    const auto sealed = seal({older}, "ws/chn", "https://hooks.example.org/secret");
    EXPECT_EQ(sealed.find("hooks"), std::string::npos);
    EXPECT_EQ(open_sealed({older}, "ws/chn", sealed), "https://hooks.example.org/secret");
    EXPECT_EQ(open_sealed({older}, "ws/other", sealed), std::nullopt);
    EXPECT_EQ(open_sealed({newer}, "ws/chn", sealed), std::nullopt);
}

TEST(Sealing, of_one_text_never_looks_the_same_twice) {
    EXPECT_NE(seal({older}, "a", "text"), seal({older}, "a", "text"));
}

TEST(Sealing, uses_the_first_key_and_opens_with_all) {
    const auto before = seal({older}, "a", "text");
    const SealKeys both{newer, older};
    EXPECT_EQ(open_sealed(both, "a", before), "text");
    EXPECT_FALSE(is_sealed_by_first(both, before));
    const auto after = seal(both, "a", "text");
    EXPECT_TRUE(is_sealed_by_first(both, after));
    EXPECT_EQ(open_sealed({newer}, "a", after), "text");
}

TEST(Sealing, opens_nothing_that_was_altered) {
    const auto sealed = seal({older}, "a", "text");
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        auto altered = sealed;
        altered[at] = altered[at] == 'A' ? 'B' : 'A';
        // The last character of base64 may hold unused bits; a decoder that is strict refuses them.
        EXPECT_EQ(open_sealed({older}, "a", altered), std::nullopt) << at;
    }
    for (const char* form : {"", "s1.", "s1.x", "s2.a.b", "s1..", "text"}) {
        EXPECT_EQ(open_sealed({older}, "a", form), std::nullopt) << form;
    }
}

TEST(SealKeysOfAFile, are_lines_of_hexadecimal_characters) {
    const std::string first(64, 'a');
    const std::string second(64, '0');
    const auto keys = parse_seal_keys(first + "\n\n" + second + "\r\n");
    ASSERT_TRUE(keys.ok());
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ(keys->front().front(), 0xaa);
    for (const auto& wrong :
         {std::string(), std::string("\n"), first + "a", "z" + first.substr(1)}) {
        const auto refused = parse_seal_keys(wrong);
        ASSERT_FALSE(refused.ok()) << wrong;
        EXPECT_EQ(refused.error().find("aaaa"), std::string::npos) << "a key in an error";
    }
}

// RFC 4231, test case 2.
TEST(PlainHmac, is_that_of_other_programs) {
    const auto digest = hmac_sha256("Jefe", "what do ya want for nothing?");
    EXPECT_EQ(hex(bytes_of(digest)),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// RFC 8032, section 7.1, test 2.
TEST(Ed25519, is_that_of_other_programs) {
    std::string seed;
    for (const int byte : {0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3,
                           0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab,
                           0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb})
        seed.push_back(static_cast<char>(byte));
    EXPECT_EQ(hex(ed25519_public_key(seed)),
              "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    EXPECT_EQ(hex(ed25519_signature(seed, "\x72")),
              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
              "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(Base64, has_padding_and_is_read_strictly) {
    EXPECT_EQ(base64("any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw==");
    EXPECT_EQ(decode_base64("YW55IGNhcm5hbCBwbGVhcw=="), "any carnal pleas");
    for (const char* wrong : {"YW55=", "YW5 5", "YW55!", "_w=="}) {
        EXPECT_EQ(decode_base64(wrong), std::nullopt) << wrong;
    }
}

}  // namespace
}  // namespace outlay::platform
