// Promise: Prefer is honoured as RFC 7240 says, and nothing in it is ever an error.
#include <gtest/gtest.h>

#include "api/http/prefer.hpp"

namespace outlay::api {
namespace {

std::string applied(std::initializer_list<const char*> lines) {
    Headers headers;
    for (const char* line : lines) headers.add("Prefer", line);
    return preference_applied(preferences_in(headers));
}

TEST(HttpPrefer, nothing_asked_is_nothing_applied) {
    EXPECT_EQ(applied({}), "");
    EXPECT_FALSE(preferences_in(Headers{}).wait);
}

TEST(HttpPrefer, both_preferences_alone_and_together) {
    EXPECT_EQ(applied({"respond-async"}), "respond-async");
    EXPECT_EQ(applied({"wait=5"}), "wait=5");
    EXPECT_EQ(applied({"wait=0"}), "wait=0");
    EXPECT_EQ(applied({"respond-async, wait=5"}), "respond-async, wait=5");
    EXPECT_EQ(applied({"wait=5", "respond-async"}), "respond-async, wait=5");
}

TEST(HttpPrefer, spelling_is_free_where_the_grammar_is) {
    EXPECT_EQ(applied({"Respond-Async ; x=y, Wait = \"5\""}), "respond-async, wait=5");
    EXPECT_EQ(applied({"foo; bar=\"a, wait=9\", wait=3"}), "wait=3");
    EXPECT_EQ(applied({"respond-async=\"\""}), "respond-async");
}

TEST(HttpPrefer, waiting_is_capped) {
    EXPECT_EQ(applied({"wait=31"}), "wait=30");
    EXPECT_EQ(applied({"wait=99999999999999999999999"}), "wait=30");
}

TEST(HttpPrefer, of_two_waits_the_first_counts) {
    EXPECT_EQ(applied({"wait=2, wait=9"}), "wait=2");
}

TEST(HttpPrefer, unknown_and_malformed_preferences_are_ignored) {
    for (const char* line : {"", ",", "return=minimal", "wait", "wait=", "wait=-1", "wait=1.5",
                             "wait=x", "wait=\"5", "respond-async=no", "=5", ";;", "\"wait=5\""}) {
        EXPECT_EQ(applied({line}), "") << line;
    }
}

}  // namespace
}  // namespace outlay::api
