// Promise: field names are compared without case, values are kept as sent, methods have one
// spelling.
#include <gtest/gtest.h>

#include "api/http/message.hpp"

namespace outlay::api {
namespace {

TEST(HttpMessage, methods_and_names_map_both_ways) {
    for (const Method method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                                Method::delete_, Method::options, Method::trace}) {
        EXPECT_EQ(method_of(method_name(method)), method);
    }
    EXPECT_FALSE(method_of("get"));
    EXPECT_FALSE(method_of("CONNECT"));
}

TEST(HttpMessage, fields_are_found_without_case) {
    Headers headers;
    headers.add("X-One", "a");
    headers.add("x-one", "b");
    ASSERT_NE(headers.find("X-ONE"), nullptr);
    EXPECT_EQ(*headers.find("X-ONE"), "a");
    EXPECT_EQ(headers.count("x-oNe"), 2U);
    EXPECT_EQ(headers.find("X-On"), nullptr);
}

TEST(HttpMessage, setting_replaces_or_adds) {
    Headers headers;
    headers.set("Host", "a");
    headers.set("host", "b");
    ASSERT_EQ(headers.fields().size(), 1U);
    EXPECT_EQ(headers.fields()[0].value, "b");
}

TEST(HttpMessage, lists_run_over_lines_and_skip_empty_members) {
    Headers headers;
    headers.add("Expect", " a ,,b,");
    headers.add("Other", "x");
    headers.add("expect", "c d");
    EXPECT_EQ(list_of(headers, "Expect"), (std::vector<std::string_view>{"a", "b", "c d"}));
    EXPECT_TRUE(list_of(headers, "Absent").empty());
}

}  // namespace
}  // namespace outlay::api
