// Promise: conditions on versions are judged as RFC 9110 says, and a malformed condition never
// counts as none.
#include <gtest/gtest.h>

#include "api/http/etag.hpp"

namespace outlay::api {
namespace {

TagList tags(std::string value) {
    Headers headers;
    headers.add("If-Match", std::move(value));
    auto parsed = tags_in(headers, "if-match");
    EXPECT_TRUE(parsed.ok() && parsed->has_value());
    return parsed.ok() ? parsed->value_or(TagList{}) : TagList{};
}

bool is_malformed(std::string value) {
    Headers headers;
    headers.add("If-None-Match", std::move(value));
    const auto parsed = tags_in(headers, "If-None-Match");
    return !parsed.ok() && parsed.error().code == "malformed_parameter";
}

TEST(HttpEtag, a_tag_is_made_of_the_version) {
    EXPECT_EQ(etag_of(3), "\"v3\"");
}

TEST(HttpEtag, an_absent_field_is_no_condition) {
    const auto parsed = tags_in(Headers{}, "If-Match");
    ASSERT_TRUE(parsed.ok());
    EXPECT_FALSE(parsed->has_value());
}

TEST(HttpEtag, the_version_matches_its_own_tag_only) {
    EXPECT_TRUE(matches_strongly(tags("\"v3\""), 3));
    EXPECT_FALSE(matches_strongly(tags("\"v3\""), 4));
    EXPECT_FALSE(matches_strongly(tags("\"v33\""), 3));
    EXPECT_FALSE(matches_strongly(tags("\"v3\""), std::nullopt));
}

TEST(HttpEtag, one_of_several_tags_is_enough) {
    EXPECT_TRUE(matches_strongly(tags("\"v1\", \"v3\" ,\"x\""), 3));
    EXPECT_TRUE(matches_strongly(tags(",, \"a,b\",\"v3\","), 3));
}

TEST(HttpEtag, a_star_matches_whatever_exists) {
    EXPECT_TRUE(matches_strongly(tags("*"), 1));
    EXPECT_FALSE(matches_strongly(tags("*"), std::nullopt));
    EXPECT_TRUE(matches_weakly(tags("*"), 1));
}

TEST(HttpEtag, weak_tags_match_weakly_only) {
    EXPECT_FALSE(matches_strongly(tags("W/\"v3\""), 3));
    EXPECT_TRUE(matches_weakly(tags("W/\"v3\""), 3));
    EXPECT_TRUE(matches_weakly(tags("\"v3\""), 3));
}

TEST(HttpEtag, several_lines_are_one_list) {
    Headers headers;
    headers.add("If-Match", "\"v1\"");
    headers.add("if-match", "\"v2\"");
    const auto parsed = tags_in(headers, "If-Match");
    ASSERT_TRUE(parsed.ok() && parsed->has_value());
    EXPECT_TRUE(matches_strongly(**parsed, 2));
}

TEST(HttpEtag, malformed_conditions_are_problems) {
    for (const char* value :
         {"", "v3", "\"v3", "\"v3\"x", "w/\"v3\"", "\"v 3\"", "*, \"v3\"", "\"a\" \"b\"", ","}) {
        EXPECT_TRUE(is_malformed(value)) << value;
    }
}

TEST(HttpEtag, a_failed_precondition_tells_the_current_tag) {
    const Response response = precondition_failed(7, "req_1");
    EXPECT_EQ(response.status, 412);
    EXPECT_EQ(*response.headers.find("ETag"), "\"v7\"");
    EXPECT_NE(response.body.find(R"("current_etag":"\"v7\"")"), std::string::npos);
}

}  // namespace
}  // namespace outlay::api
