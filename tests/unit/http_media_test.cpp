// Promise: bodies are taken and answers chosen by media type as RFC 9110 says; a malformed Accept
// is ignored.
#include <gtest/gtest.h>

#include "api/http/media.hpp"

namespace outlay::api {
namespace {

constexpr std::string_view json_only[] = {"application/json", "application/merge-patch+json"};
constexpr std::string_view exports[] = {"application/x-ndjson", "text/csv"};

bool takes(std::string value) {
    Headers headers;
    headers.add("Content-Type", std::move(value));
    return has_media_type(headers, json_only);
}

std::string chosen(std::string value) {
    Headers headers;
    headers.add("Accept", std::move(value));
    return std::string(negotiated(headers, exports).value_or("none"));
}

TEST(HttpMedia, takes_declared_types_in_any_case_and_utf8) {
    for (const char* value :
         {"application/json", "Application/JSON", "application/json; charset=utf-8",
          "application/json;charset=\"UTF-8\"", "application/merge-patch+json",
          "application/json ; version=1", "application/json;"}) {
        EXPECT_TRUE(takes(value)) << value;
    }
}

TEST(HttpMedia, refuses_other_types_charsets_and_broken_fields) {
    for (const char* value :
         {"", "text/plain", "application", "application/json; charset=latin1", "application/jsonx",
          "application/json, text/plain", "application/json; charset", "/json", "*/*"}) {
        EXPECT_FALSE(takes(value)) << value;
    }
    EXPECT_FALSE(has_media_type(Headers{}, json_only));
    Headers twice;
    twice.add("Content-Type", "application/json");
    twice.add("Content-Type", "application/json");
    EXPECT_FALSE(has_media_type(twice, json_only));
}

TEST(HttpMedia, a_refused_body_is_told_what_is_taken) {
    const Response post = unsupported_media_type(Method::post, json_only, "req_1");
    EXPECT_EQ(post.status, 415);
    EXPECT_EQ(*post.headers.find("Accept-Post"), "application/json, application/merge-patch+json");
    const Response patch = unsupported_media_type(Method::patch, json_only, "req_1");
    EXPECT_NE(patch.headers.find("Accept-Patch"), nullptr);
    EXPECT_EQ(patch.headers.find("Accept-Encoding"), nullptr);
}

TEST(HttpMedia, no_wish_is_the_first_offer) {
    EXPECT_EQ(negotiated(Headers{}, exports), "application/x-ndjson");
    EXPECT_EQ(chosen("*/*"), "application/x-ndjson");
    EXPECT_EQ(chosen(""), "application/x-ndjson");
}

TEST(HttpMedia, the_best_liked_type_is_chosen) {
    EXPECT_EQ(chosen("text/csv"), "text/csv");
    EXPECT_EQ(chosen("TEXT/*"), "text/csv");
    EXPECT_EQ(chosen("application/x-ndjson;q=0.5, text/csv"), "text/csv");
    EXPECT_EQ(chosen("application/x-ndjson;q=0.5, text/csv;q=0.500"), "application/x-ndjson");
    EXPECT_EQ(chosen("text/html, */*;q=0.1"), "application/x-ndjson");
    EXPECT_EQ(chosen("text/csv;header=present"), "text/csv");
}

TEST(HttpMedia, the_closest_range_decides_about_a_type) {
    EXPECT_EQ(chosen("*/*, application/x-ndjson;q=0"), "text/csv");
    EXPECT_EQ(chosen("text/*;q=0, text/csv;q=0.1"), "text/csv");
}

TEST(HttpMedia, a_client_that_refuses_everything_gets_a_list) {
    EXPECT_EQ(chosen("text/html"), "none");
    EXPECT_EQ(chosen("*/*;q=0"), "none");
    EXPECT_EQ(chosen("application/x-ndjson;q=0, text/csv;q=0.000"), "none");
    const Response response = not_acceptable(exports, "req_1");
    EXPECT_EQ(response.status, 406);
    EXPECT_NE(response.body.find(R"("available":["application/x-ndjson","text/csv"])"),
              std::string::npos);
}

TEST(HttpMedia, a_malformed_wish_is_ignored) {
    for (const char* value : {"text", "text/csv;q=2", "text/csv;q=0.1234", "text/csv;q", "/",
                              "text/csv;q=abc", "text/csv;q=1.5"}) {
        EXPECT_EQ(chosen(value), "application/x-ndjson") << value;
    }
}

}  // namespace
}  // namespace outlay::api
