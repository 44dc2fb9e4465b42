// Promise: one answer names every fault of a body, each with its place, and nothing that was
// mistyped passes for something else.
#include <gtest/gtest.h>

#include "api/resources/body_reader.hpp"
#include "domain/values/ids.hpp"

namespace outlay::api {
namespace {

json::Value parsed(const char* text) {
    auto value = json::parse(text);
    CHECK(value.ok(), "a test body that is no JSON");
    return std::move(*value);
}

// The errors as "pointer code".
std::vector<std::string> shown(const std::vector<domain::FieldError>& errors) {
    std::vector<std::string> lines;
    for (const auto& error : errors) lines.push_back(error.pointer + " " + error.code);
    return lines;
}

using Lines = std::vector<std::string>;

TEST(BodyReader, reads_every_kind_of_member) {
    const auto body = parsed(
        R"({"name":"Food","day":"2026-11-20","count":3,"money":{"amount":1250,"currency":"EUR"},
        "tags":["a","b"],"parent":"cat_01h455vb4pex5vsknk084sn02q","none":null})");
    std::vector<domain::FieldError> errors;
    BodyReader reader(body, "", errors);
    EXPECT_EQ(reader.required_string("name"), "Food");
    EXPECT_EQ(reader.required_date("day")->text(), "2026-11-20");
    EXPECT_EQ(reader.required_integer("count"), 3);
    EXPECT_EQ(reader.required_money("money")->minor, 1250);
    EXPECT_EQ(reader.optional_strings("tags"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(reader.required_id<domain::CategoryId>("parent")->text(),
              "cat_01h455vb4pex5vsknk084sn02q");
    const auto none = reader.nullable_string("none");
    ASSERT_TRUE(none.has_value());
    EXPECT_FALSE(none->has_value());
    EXPECT_FALSE(reader.optional_string("absent").has_value());
    reader.finish();
    EXPECT_EQ(shown(errors), Lines{});
}

TEST(BodyReader, names_all_faults_at_once) {
    const auto body = parsed(
        R"({"name":5,"day":"2026-02-30","count":1.0,"tags":["a",2],"parent":"exp_x","extra":1})");
    std::vector<domain::FieldError> errors;
    BodyReader reader(body, "", errors);
    EXPECT_FALSE(reader.required_string("name").has_value());
    EXPECT_FALSE(reader.optional_date("day").has_value());
    EXPECT_FALSE(reader.optional_integer("count").has_value());
    EXPECT_FALSE(reader.optional_strings("tags").has_value());
    EXPECT_FALSE(reader.optional_id<domain::CategoryId>("parent").has_value());
    EXPECT_FALSE(reader.required_money("amount").has_value());
    reader.finish();
    EXPECT_EQ(shown(errors),
              (Lines{"/name wrong_type", "/day invalid_date", "/count not_an_integer",
                     "/tags/1 wrong_type", "/parent invalid_id", "/amount required",
                     "/extra unknown_member"}));
}

TEST(BodyReader, points_into_nested_members) {
    const auto body = parsed(R"({"limit":{"amount":"12","currency":"eur","unit":1}})");
    std::vector<domain::FieldError> errors;
    BodyReader reader(body, "/budget", errors);
    EXPECT_FALSE(reader.required_money("limit").has_value());
    EXPECT_EQ(shown(errors),
              (Lines{"/budget/limit/amount wrong_type", "/budget/limit/currency unknown_currency",
                     "/budget/limit/unit unknown_member"}));
}

TEST(BodyReader, escapes_names_in_pointers) {
    const auto body = parsed(R"({"a/b~c":1})");
    std::vector<domain::FieldError> errors;
    BodyReader(body, "", errors).finish();
    EXPECT_EQ(shown(errors), Lines{"/a~1b~0c unknown_member"});
}

TEST(BodyReader, says_once_that_something_is_no_object) {
    const auto body = parsed("[1]");
    std::vector<domain::FieldError> errors;
    BodyReader reader(body, "/scope", errors);
    EXPECT_FALSE(reader.required_string("name").has_value());
    reader.finish();
    EXPECT_EQ(shown(errors), Lines{"/scope wrong_type"});
}

TEST(BodyReader, takes_null_only_where_it_is_allowed) {
    const auto body = parsed(R"({"name":null,"count":null,"note":null})");
    std::vector<domain::FieldError> errors;
    BodyReader reader(body, "", errors);
    EXPECT_FALSE(reader.optional_string("name").has_value());
    EXPECT_FALSE(reader.optional_integer("count").has_value());
    EXPECT_TRUE(reader.nullable_string("note").has_value());
    EXPECT_EQ(shown(errors), (Lines{"/name wrong_type", "/count wrong_type"}));
}

TEST(BodyReader, refuses_integers_that_do_not_fit) {
    const auto body = parsed(R"({"a":9223372036854775807,"b":9223372036854775808,"c":1e2,"d":-0})");
    std::vector<domain::FieldError> errors;
    BodyReader reader(body, "", errors);
    EXPECT_EQ(reader.optional_integer("a"), 9223372036854775807);
    for (const auto* const name : {"b", "c", "d"})
        EXPECT_FALSE(reader.optional_integer(name).has_value());
    EXPECT_EQ(shown(errors),
              (Lines{"/b not_an_integer", "/c not_an_integer", "/d not_an_integer"}));
}

}  // namespace
}  // namespace outlay::api
