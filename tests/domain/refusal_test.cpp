// Promise: a refusal names all broken fields at once, in the words that clients rely on.
#include <gtest/gtest.h>

#include <set>

#include "domain/values/field_check.hpp"

namespace outlay::domain {
namespace {

TEST(FieldChecks, have_no_objection_if_every_rule_holds) {
    FieldCheck check;
    check.text("/name", "Home", name_text);
    check.tag("/tags/0", "x");
    check.amount("/amount", 5, {0, 5});
    EXPECT_EQ(std::move(check).objection().has_value(), false);
}

TEST(FieldChecks, say_what_is_wrong_where) {
    FieldCheck check;
    check.text("/name", "", name_text);
    check.text("/merchant", std::string(200, 'x') + "\x01", merchant_text);
    check.tag("/tags/3", "a,b");
    check.amount("/amount/amount", 6, {0, 5});
    check.require(false, "", "odd", "Odd.");
    const Objection objection = std::move(check).objection();
    ASSERT_TRUE(objection.has_value());
    EXPECT_EQ(objection->code, RefusalCode::invalid);
    EXPECT_EQ(objection->detail, "6 field rules are broken.");
    std::vector<std::pair<std::string, std::string>> found;
    for (const FieldError& error : objection->fields) found.emplace_back(error.pointer, error.code);
    EXPECT_EQ(found,
              (std::vector<std::pair<std::string, std::string>>{{"/name", "blank"},
                                                                {"/merchant", "too_long"},
                                                                {"/merchant", "not_printable"},
                                                                {"/tags/3", "comma"},
                                                                {"/amount/amount", "out_of_range"},
                                                                {"", "odd"}}));
}

TEST(FieldChecks, say_a_single_fault_in_its_own_words) {
    FieldCheck check;
    check.amount("/amount/amount", 0, {1, 5});
    EXPECT_EQ(std::move(check).objection()->detail, "Must be from 1 to 5 minor units.");
}

TEST(RefusalCodes, have_names_of_their_own) {
    std::set<std::string_view> names;
    const int last = static_cast<int>(RefusalCode::limit_reached);
    for (int code = 0; code <= last; ++code) names.insert(name_of(static_cast<RefusalCode>(code)));
    EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1);
    EXPECT_EQ(name_of(RefusalCode::category_unknown), "category_unknown");
}

}  // namespace
}  // namespace outlay::domain
