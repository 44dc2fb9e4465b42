// Promise: targets are decoded exactly once, data never turns into structure, and what is not
// clearly sound is refused.
#include <gtest/gtest.h>

#include "api/server/target.hpp"

namespace outlay::api {
namespace {

using Path = std::vector<std::string>;
using Query = std::vector<std::pair<std::string, std::string>>;

Target parsed(std::string_view target) {
    auto result = parse_target(target);
    EXPECT_TRUE(result.ok()) << target;
    return result.ok() ? *result : Target{};
}

TEST(HttpTarget, a_path_is_split_at_slashes) {
    EXPECT_EQ(parsed("/").path, Path{});
    EXPECT_EQ(parsed("/v1/workspaces").path, (Path{"v1", "workspaces"}));
    EXPECT_EQ(parsed("/v1/").path, (Path{"v1", ""}));
    EXPECT_EQ(parsed("//v1").path, (Path{"", "v1"}));
}

TEST(HttpTarget, escapes_are_decoded_once) {
    EXPECT_EQ(parsed("/a%2Fb/%2541").path, (Path{"a/b", "%41"}));
    EXPECT_EQ(parsed("/caf%C3%a9+x").path, (Path{"caf\xC3\xA9+x"}));
    EXPECT_EQ(parsed("/?a%26b=c%3Dd%2526").query, (Query{{"a&b", "c=d%26"}}));
}

TEST(HttpTarget, a_query_keeps_order_repetition_and_brackets) {
    EXPECT_EQ(parsed("/x?b=1&a=&b=2&c&&spent_on[gte]=2026-01-01&q=a+b%2B").query,
              (Query{{"b", "1"},
                     {"a", ""},
                     {"b", "2"},
                     {"c", ""},
                     {"spent_on[gte]", "2026-01-01"},
                     {"q", "a b+"}}));
    EXPECT_EQ(parsed("/x?").query, Query{});
    EXPECT_EQ(parsed("/x?a=b=c?d").query, (Query{{"a", "b=c?d"}}));
}

TEST(HttpTarget, an_absolute_target_names_its_authority) {
    const Target target = parsed("HTTP://Example.org:8080/v1?x=1");
    EXPECT_EQ(target.authority, "Example.org:8080");
    EXPECT_EQ(target.path, Path{"v1"});
    EXPECT_EQ(target.query, (Query{{"x", "1"}}));
    EXPECT_EQ(parsed("http://a").path, Path{});
    EXPECT_EQ(parsed("http://a?x").query, (Query{{"x", ""}}));
    EXPECT_EQ(parsed("http://[::1]:80/").authority, "[::1]:80");
}

TEST(HttpTarget, the_asterisk_stands_alone) {
    EXPECT_TRUE(parsed("*").is_asterisk);
    EXPECT_FALSE(parse_target("*x").ok());
}

TEST(HttpTarget, unsound_targets_are_refused) {
    for (const char* target : {"",
                               "v1",
                               "/%",
                               "/%4",
                               "/%zz",
                               "/%0",
                               "/a%00b",
                               "/%ff",
                               "/%C3",
                               "/%ED%A0%80",
                               "/?x=%",
                               "/?x=%00",
                               "/?%ff=1",
                               "/#a",
                               "/a#",
                               "/a/../b",
                               "/..",
                               "/.",
                               "/%2e%2E/x",
                               "ftp://a/",
                               "http://",
                               "http:///x",
                               "http://user@a/",
                               "http://a:b/",
                               "http://a b/",
                               "example.org:443",
                               "/%01",
                               "/%7f"}) {
        EXPECT_FALSE(parse_target(target).ok()) << target;
    }
}

}  // namespace
}  // namespace outlay::api
