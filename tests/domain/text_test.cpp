// Promise: text is measured in characters, control characters are found wherever they hide, and
// names that people would call the same compare as the same.
#include "domain/values/text.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace outlay::domain {
namespace {

TEST(Text, is_measured_in_code_points) {
    EXPECT_EQ(code_points(""), 0U);
    EXPECT_EQ(code_points("abc"), 3U);
    EXPECT_EQ(code_points("äöü"), 3U);
    EXPECT_EQ(code_points("€"), 1U);
    EXPECT_EQ(code_points("😀"), 1U);
    EXPECT_EQ(code_points("e\u0301"), 2U);
}

TEST(Text, is_printable_without_control_characters) {
    EXPECT_TRUE(is_printable("", false));
    EXPECT_TRUE(is_printable("Crème brûlée 😀", false));
    EXPECT_FALSE(is_printable("a\nb", false));
    EXPECT_FALSE(is_printable("a\tb", false));
    EXPECT_TRUE(is_printable("a\n\tb", true));
    EXPECT_FALSE(is_printable("a\rb", true));
    EXPECT_FALSE(is_printable(std::string_view("a\0b", 3), true));
    EXPECT_FALSE(is_printable("\x1b[31m", true));
    EXPECT_FALSE(is_printable("\x7f", true));
}

TEST(Text, is_not_printable_if_it_is_no_utf8) {
    for (const char* text : {"\x80", "a\xC3", "\xC3(", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80",
                             "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFF", "\xE2\x82"}) {
        EXPECT_FALSE(is_printable(text, true));
    }
    for (const char* text :
         {"\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFF", "\U00010000", "\U0010FFFF"}) {
        EXPECT_TRUE(is_printable(text, false));
    }
}

TEST(Names, compare_alike_in_every_case_and_spacing) {
    struct Row {
        const char* name;
        const char* folded;
    };
    const std::vector<Row> rows{
        {"", ""},
        {"Food", "food"},
        {"  Food  &\t Drink ", "food & drink"},
        {"Food\u00A0\u2003Drink", "food drink"},
        {"ÄRZTE", "ärzte"},
        {"Émile ŽIŽEK", "émile žižek"},
        {"Straße", "straße"},
        {"STRAẞE", "straße"},
        {"ΟΔΟΣ", "οδοσ"},
        {"οδος", "οδοσ"},
        {"МОСКВА Ёлка", "москва ёлка"},
        {"ÿ Ÿ", "ÿ ÿ"},
        {"\u212A", "\u212A"},
        {"食べ物 😀", "食べ物 😀"},
        {"100 %", "100 %"},
    };
    for (const Row& row : rows) EXPECT_EQ(folded(row.name), row.folded) << row.name;
}

TEST(Names, keep_malformed_bytes_when_folded) {
    EXPECT_EQ(folded("A\xFF"
                     "B"),
              "a\xFF"
              "b");
    EXPECT_EQ(folded("A\xC3"), "a\xC3");
}

TEST(Text, is_blank_if_it_is_only_spaces) {
    for (const char* text : {"", " ", "\t\n", "\u00A0", "\u2009\u3000 \u202F\u205F\u1680"}) {
        EXPECT_TRUE(is_blank(text)) << '"' << text << '"';
    }
    for (const char* text : {"a", " a ", "\u2030", "\xFF", "."}) {
        EXPECT_FALSE(is_blank(text)) << text;
    }
}

}  // namespace
}  // namespace outlay::domain
