// Promise: a query parameter that is unknown, repeated or malformed is reported by name, all of
// them at once, and never silently ignored.
#include <gtest/gtest.h>

#include "api/http/query.hpp"

namespace outlay::api {
namespace {

std::vector<std::string> errors_of(const std::optional<Problem>& problem) {
    std::vector<std::string> errors;
    if (!problem) return errors;
    EXPECT_EQ(problem->status, 400);
    EXPECT_EQ(problem->code, "malformed_parameter");
    for (const auto& error : problem->errors) errors.push_back(error.pointer + " " + error.code);
    return errors;
}

std::vector<std::string> errors_of(QueryReader& reader) {
    return errors_of(reader.problem());
}

using Errors = std::vector<std::string>;

TEST(HttpQuery, reads_each_kind) {
    const QueryParameters parameters{{"q", "caf\xC3\xA9"},
                                     {"limit", "20"},
                                     {"deep", "true"},
                                     {"spent_on[gte]", "2026-11-20"},
                                     {"since", "2026-11-20T08:15:00+01:00"},
                                     {"state", "voided"},
                                     {"tag", "a,b"}};
    constexpr std::string_view states[] = {"recorded", "voided"};
    QueryReader reader(parameters);
    EXPECT_EQ(reader.text("q"), "caf\xC3\xA9");
    EXPECT_EQ(reader.integer("limit", {1, 100}), 20);
    EXPECT_EQ(reader.boolean("deep"), true);
    EXPECT_EQ(reader.date("spent_on[gte]")->text(), "2026-11-20");
    EXPECT_EQ(reader.instant("since")->text(), "2026-11-20T07:15:00Z");
    EXPECT_EQ(reader.one_of("state", states), "voided");
    EXPECT_EQ(reader.list("tag"), (std::vector<std::string>{"a", "b"}));
    EXPECT_FALSE(reader.text("absent"));
    EXPECT_EQ(errors_of(reader), Errors{});
}

TEST(HttpQuery, names_every_parameter_that_is_not_declared) {
    const QueryParameters parameters{{"limit", "1"}, {"limt", "2"}, {"x", ""}};
    EXPECT_EQ(errors_of(undeclared_parameters(parameters, {"cursor", "limit"})),
              (Errors{"?limt unknown", "?x unknown"}));
    EXPECT_EQ(errors_of(undeclared_parameters(parameters, {"limit", "limt", "x"})), Errors{});
}

TEST(HttpQuery, a_repeated_parameter_is_an_error_and_has_no_value) {
    const QueryParameters parameters{{"limit", "1"}, {"limit", "1"}};
    QueryReader reader(parameters);
    EXPECT_FALSE(reader.integer("limit", {1, 100}));
    EXPECT_EQ(errors_of(reader), Errors{"?limit repeated"});
}

TEST(HttpQuery, integers_are_plain_and_within_their_range) {
    for (const char* text :
         {"", "x", "1.0", "1e2", "+1", " 1", "1 ", "0x1", "99999999999999999999"}) {
        const QueryParameters parameters{{"limit", text}};
        QueryReader reader(parameters);
        EXPECT_FALSE(reader.integer("limit", {-5, 100})) << text;
        EXPECT_EQ(errors_of(reader), Errors{"?limit malformed"}) << text;
    }
    for (const char* text : {"101", "-6"}) {
        const QueryParameters parameters{{"limit", text}};
        QueryReader reader(parameters);
        EXPECT_FALSE(reader.integer("limit", {-5, 100})) << text;
        EXPECT_EQ(errors_of(reader), Errors{"?limit out_of_range"}) << text;
    }
}

TEST(HttpQuery, days_ids_and_words_are_judged) {
    const QueryParameters parameters{{"from", "2026-02-30"},
                                     {"since", "2026-02-03"},
                                     {"category", "exp_01h455vb4pex5vsknk084sn02q"},
                                     {"state", "gone"},
                                     {"deep", "yes"}};
    constexpr std::string_view states[] = {"recorded"};
    QueryReader reader(parameters);
    EXPECT_FALSE(reader.date("from"));
    EXPECT_FALSE(reader.instant("since"));
    EXPECT_FALSE(reader.id<domain::CategoryKind>("category"));
    EXPECT_FALSE(reader.one_of("state", states));
    EXPECT_FALSE(reader.boolean("deep"));
    EXPECT_EQ(errors_of(reader),
              (Errors{"?from malformed", "?since malformed", "?category malformed",
                      "?state unknown_value", "?deep unknown_value"}));
}

TEST(HttpQuery, ids_are_read_alone_and_in_lists) {
    const std::string first = "cat_01h455vb4pex5vsknk084sn02q";
    const std::string second = "cat_01h455vb4pex5vsknk084sn02r";
    const QueryParameters parameters{{"one", first}, {"many", first + "," + second}};
    QueryReader reader(parameters);
    EXPECT_EQ(reader.id<domain::CategoryKind>("one")->text(), first);
    const auto many = reader.ids<domain::CategoryKind>("many");
    ASSERT_EQ(many.size(), 2U);
    EXPECT_EQ(many[1].text(), second);
    EXPECT_EQ(errors_of(reader), Errors{});
}

TEST(HttpQuery, lists_have_no_empty_repeated_or_too_many_members) {
    std::string many = "0";
    for (int i = 1; i <= 100; ++i) many += "," + std::to_string(i);
    for (const std::string& text : {std::string(), std::string(","), std::string("a,"),
                                    std::string("a,,b"), std::string("a,b,a"), many}) {
        const QueryParameters parameters{{"tag", text}};
        QueryReader reader(parameters);
        EXPECT_TRUE(reader.list("tag").empty()) << text;
        EXPECT_EQ(errors_of(reader), Errors{"?tag malformed"}) << text;
    }
}

TEST(HttpQuery, sorting_takes_documented_fields_once_each) {
    constexpr std::string_view fields[] = {"spent_on", "id"};
    const QueryParameters parameters{{"sort", "-spent_on,id"}};
    QueryReader reader(parameters);
    EXPECT_EQ(reader.sort(fields), (std::vector<SortField>{{"spent_on", true}, {"id", false}}));
    for (const char* text : {"amount", "-", "id,-id", "--id"}) {
        const QueryParameters wrong{{"sort", text}};
        QueryReader other(wrong);
        EXPECT_TRUE(other.sort(fields).empty()) << text;
        EXPECT_EQ(errors_of(other), Errors{"?sort unknown_value"}) << text;
    }
}

TEST(HttpQuery, a_rule_over_several_parameters_is_reported_with_the_rest) {
    const QueryParameters parameters{{"from", "2026-01-02"}, {"to", "2026-01-01"}};
    QueryReader reader(parameters);
    if (reader.date("from") > reader.date("to"))
        reader.reject("to", "before_from", "It ends before it begins.");
    EXPECT_EQ(errors_of(reader), Errors{"?to before_from"});
}

}  // namespace
}  // namespace outlay::api
