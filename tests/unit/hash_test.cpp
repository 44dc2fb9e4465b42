// Promise: hashes, keyed hashes and their text forms are the published algorithms; names give the
// same UUID for ever, and time-ordered UUIDs rise within a thread whatever the clock does.
#include "platform/hash.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace outlay::platform {
namespace {

using namespace std::string_literals;

Secret secret_of(std::uint8_t first) {
    Secret secret{};
    for (std::size_t i = 0; i < secret.size(); ++i)
        secret[i] = static_cast<std::uint8_t>(first + i);
    return secret;
}

// FIPS 180-4 examples.
TEST(Sha256, gives_the_published_digests) {
    EXPECT_EQ(hex(bytes_of(sha256(""))),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex(bytes_of(sha256("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, of_two_parts_is_that_of_their_concatenation) {
    EXPECT_EQ(sha256("a", "bc"), sha256("abc"));
    EXPECT_EQ(sha256("abc", ""), sha256("abc"));
    EXPECT_EQ(sha256("", "abc"), sha256("abc"));
}

// Golden values: tokens, cursors and fingerprints that are out in the world depend on them. They
// equal HMAC-SHA-256(00 01 .. 1f, purpose || 00 || bytes) of another implementation.
TEST(KeyedHash, is_pinned) {
    EXPECT_EQ(hex(bytes_of(keyed_hash(secret_of(0), "cursor", "hello"))),
              "326d17c3c4a585541c8983dab10b4dc121d3c6240f0b9e034b893b3e948d3931");
    EXPECT_EQ(hex(bytes_of(keyed_hash(secret_of(0), "token", ""))),
              "355a62c70ed54d8d8ddaf5ed894324d0fd9f051e8434df74541126e32184dc61");
}

TEST(KeyedHash, depends_on_secret_purpose_and_bytes) {
    const Digest digest = keyed_hash(secret_of(0), "cursor", "hello");
    EXPECT_NE(digest, keyed_hash(secret_of(1), "cursor", "hello"));
    EXPECT_NE(digest, keyed_hash(secret_of(0), "token", "hello"));
    EXPECT_NE(digest, keyed_hash(secret_of(0), "cursor", "hallo"));
    EXPECT_NE(digest, keyed_hash(secret_of(0), "cursorh", "ello"));
    EXPECT_NE(digest, keyed_hash(secret_of(0), "", "cursor\0hello"s));
}

TEST(ConstantTimeComparison, is_equality_of_bytes) {
    EXPECT_TRUE(equal_constant_time("", ""));
    EXPECT_TRUE(equal_constant_time("a\0b"s, "a\0b"s));
    EXPECT_FALSE(equal_constant_time("a\0b"s, "a\0c"s));
    EXPECT_FALSE(equal_constant_time("a", "ab"));
    EXPECT_FALSE(equal_constant_time("", "a"));
}

TEST(Hex, is_written_in_lower_case) {
    EXPECT_EQ(hex(""), "");
    EXPECT_EQ(hex("\x00\x0F\xF0\xFF"s), "000ff0ff");
}

// RFC 4648 section 10, without padding.
TEST(Base64Url, gives_the_published_texts) {
    const std::pair<std::string, std::string> rows[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xFE", "-__-"}};
    for (const auto& [bytes, text] : rows) {
        EXPECT_EQ(base64url(bytes), text);
        EXPECT_EQ(decode_base64url(text), bytes);
    }
}

TEST(Base64Url, reads_one_text_per_value_only) {
    for (const char* text : {"Zg==", "Zm8=", "Zh", "Zm9", "Z", "Zm9vY", "+//+", "Zm 9v", "Zm9v\n",
                             " ", "Zm9v.", "\xC3\xA9"}) {
        EXPECT_EQ(decode_base64url(text), std::nullopt) << text;
    }
    EXPECT_EQ(decode_base64url("Zm9v\0"s), std::nullopt);
}

TEST(Base64Url, reads_back_every_length) {
    std::string bytes;
    for (int length = 0; length < 100; ++length) {
        EXPECT_EQ(decode_base64url(base64url(bytes)), bytes);
        bytes.push_back(static_cast<char>(length * 37));
    }
}

// Golden values: ids of commands and of everything that they create depend on them.
TEST(UuidOfName, is_pinned) {
    const domain::Uuid space = *domain::Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057");
    EXPECT_EQ(uuid_of_name(space, "hello").text(), "c30cbbc6-6695-5566-ad1c-d0cfb7c51c91");
    EXPECT_EQ(uuid_of_name({}, "").text(), "374708ff-f771-5dd5-979e-c875d56cd228");
}

TEST(UuidOfName, has_the_layout_of_version_5_and_differs_by_space_and_name) {
    std::set<domain::Uuid> seen;
    for (int i = 0; i < 200; ++i) {
        domain::Uuid space;
        space.bytes[15] = static_cast<std::uint8_t>(i % 2);
        const domain::Uuid uuid = uuid_of_name(space, std::to_string(i / 2));
        EXPECT_EQ(uuid.bytes[6] >> 4U, 5);
        EXPECT_EQ(uuid.bytes[8] >> 6U, 2);
        seen.insert(uuid);
    }
    EXPECT_EQ(seen.size(), 200U);
}

std::int64_t millis_of(const domain::Uuid& uuid) {
    std::int64_t millis = 0;
    for (std::size_t i = 0; i < 6; ++i) millis = millis * 256 + uuid.bytes[i];
    return millis;
}

// Each on a thread of its own: the order is kept per thread, and other tests leave times behind.
void on_a_new_thread(void (*body)()) {
    std::thread(body).join();
}

TEST(UuidV7, carries_the_time_and_the_layout_of_version_7) {
    on_a_new_thread([] {
        for (const std::int64_t millis : {std::int64_t{0}, std::int64_t{1'700'000'000'000},
                                          std::int64_t{281'474'976'710'655}}) {
            const domain::Uuid uuid = random_uuid_v7(millis);
            EXPECT_EQ(millis_of(uuid), millis);
            EXPECT_EQ(uuid.bytes[6] >> 4U, 7);
            EXPECT_EQ(uuid.bytes[8] >> 6U, 2);
        }
    });
}

TEST(UuidV7, rises_while_the_clock_stands_still) {
    on_a_new_thread([] {
        domain::Uuid last = random_uuid_v7(1'700'000'000'000);
        for (int i = 0; i < 20'000; ++i) {
            const domain::Uuid next = random_uuid_v7(1'700'000'000'000);
            ASSERT_LT(last, next);
            ASSERT_EQ(millis_of(next), 1'700'000'000'000);
            last = next;
        }
    });
}

TEST(UuidV7, rises_when_the_clock_steps_back) {
    on_a_new_thread([] {
        domain::Uuid last = random_uuid_v7(1'700'000'000'000);
        for (const std::int64_t millis :
             {1'699'999'999'999, 1'600'000'000'000, 1'700'000'000'000, 1'700'000'000'001}) {
            const domain::Uuid next = random_uuid_v7(millis);
            EXPECT_LT(last, next);
            last = next;
        }
        EXPECT_EQ(millis_of(last), 1'700'000'000'001);
    });
}

TEST(UuidV7, differs_between_threads) {
    std::vector<std::vector<domain::Uuid>> made(4);
    std::vector<std::thread> threads;
    threads.reserve(made.size());
    for (auto& list : made) {
        threads.emplace_back([&list] {
            for (int i = 0; i < 1000; ++i) list.push_back(random_uuid_v7(1'700'000'000'000));
        });
    }
    for (std::thread& thread : threads) thread.join();
    std::set<domain::Uuid> seen;
    for (const auto& list : made) seen.insert(list.begin(), list.end());
    EXPECT_EQ(seen.size(), 4000U);
}

}  // namespace
}  // namespace outlay::platform
