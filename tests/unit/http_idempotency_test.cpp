// Promise: both spellings of a key are one key, anything else is refused, and one request has one
// canonical text.
#include <gtest/gtest.h>

#include "api/http/idempotency.hpp"

namespace outlay::api {
namespace {

std::optional<std::string> key(std::string value) {
    Headers headers;
    headers.add("idempotency-key", std::move(value));
    auto parsed = idempotency_key_in(headers);
    return parsed.ok() ? *parsed : std::nullopt;
}

bool is_refused(const Headers& headers) {
    const auto parsed = idempotency_key_in(headers);
    return !parsed.ok() && parsed.error().code == "idempotency_key_invalid" &&
           parsed.error().status == 400;
}

std::string canonical(std::string_view body) {
    const auto parsed = json::parse(body);
    EXPECT_TRUE(parsed.ok()) << body;
    return canonical_request(Method::post, "/v1/x", parsed.ok() ? &*parsed : nullptr);
}

TEST(HttpIdempotency, no_field_is_no_key) {
    const auto parsed = idempotency_key_in(Headers{});
    ASSERT_TRUE(parsed.ok());
    EXPECT_FALSE(parsed->has_value());
}

TEST(HttpIdempotency, quoted_and_bare_spellings_are_one_key) {
    EXPECT_EQ(key("8e03978e-40d5-43dd-bc93-6894a57f9324"), "8e03978e-40d5-43dd-bc93-6894a57f9324");
    EXPECT_EQ(key("\"8e03978e-40d5-43dd-bc93-6894a57f9324\""),
              "8e03978e-40d5-43dd-bc93-6894a57f9324");
    EXPECT_EQ(key("\"a\\\"b\\\\c\""), "a\"b\\c");
    EXPECT_EQ(key("a\\b"), "a\\b");
    EXPECT_EQ(key(std::string(255, 'k')), std::string(255, 'k'));
}

TEST(HttpIdempotency, everything_else_is_refused) {
    for (const std::string& value :
         {std::string(), std::string("\"\""), std::string(256, 'k'), std::string("a b"),
          std::string("\"a b\""), std::string("\"a"), std::string("a\""), std::string("\"a\"b\""),
          std::string("\"a\\n\""), std::string("\"a\\\""), std::string("\""),
          std::string("caf\xC3\xA9"), std::string("a\tb")}) {
        Headers headers;
        headers.add("Idempotency-Key", value);
        EXPECT_TRUE(is_refused(headers)) << value;
    }
}

TEST(HttpIdempotency, two_fields_are_refused_even_if_equal) {
    Headers headers;
    headers.add("Idempotency-Key", "a");
    headers.add("Idempotency-Key", "a");
    EXPECT_TRUE(is_refused(headers));
}

TEST(HttpIdempotency, order_and_spacing_of_a_body_do_not_count) {
    EXPECT_EQ(canonical(R"({"b":1,"a":[true,null]})"),
              canonical(" { \"a\" : [ true , null ] , \"b\" : 1 } "));
    EXPECT_NE(canonical(R"({"a":[1,2]})"), canonical(R"({"a":[2,1]})"));
    EXPECT_NE(canonical(R"({"a":"1"})"), canonical(R"({"a":1})"));
}

TEST(HttpIdempotency, method_and_path_count) {
    EXPECT_NE(canonical_request(Method::post, "/a", nullptr),
              canonical_request(Method::patch, "/a", nullptr));
    EXPECT_NE(canonical_request(Method::post, "/a", nullptr),
              canonical_request(Method::post, "/b", nullptr));
}

TEST(HttpIdempotency, different_segments_never_make_one_path) {
    EXPECT_EQ(canonical_path({"v1", "x"}), "/v1/x");
    EXPECT_EQ(canonical_path({}), "/");
    EXPECT_NE(canonical_path({"a/b"}), canonical_path({"a", "b"}));
    EXPECT_NE(canonical_path({"a%2Fb"}), canonical_path({"a/b"}));
}

}  // namespace
}  // namespace outlay::api
