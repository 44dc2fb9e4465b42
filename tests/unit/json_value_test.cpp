// Promise: a parsed value says exactly what was sent: text unescaped, numbers with their literal
// text, raw slices that point into the given text; and its canonical form is one for all spellings
// of the same content.
#include "platform/json/value.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace outlay::json {
namespace {

Value parsed(std::string_view text) {
    auto result = parse(text);
    EXPECT_TRUE(result.ok()) << text << ": " << (result.ok() ? "" : result.error().detail);
    return result.ok() ? std::move(result).value() : Value{};
}

std::string member_count_text(std::size_t count, const std::string& last = "{}") {
    std::string text = "{";
    for (std::size_t i = 0; i + 1 < count; ++i)
        text += "\"m" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    return text + "\"last\":" + last + "}";
}

TEST(JsonValue, tells_the_kinds_apart) {
    const Value value = parsed(R"([null,true,false,1.5,"s",[],{}])");
    const std::vector<Kind> expected{Kind::null,   Kind::boolean, Kind::boolean, Kind::number,
                                     Kind::string, Kind::array,   Kind::object};
    ASSERT_EQ(value.items().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(value.items()[i].kind(), expected[i]);
    EXPECT_TRUE(value.items()[0].is_null());
    EXPECT_TRUE(value.items()[1].boolean());
    EXPECT_FALSE(value.items()[2].boolean());
}

TEST(JsonValue, keeps_members_in_the_order_sent) {
    const Value value = parsed(R"({"z":1,"a":{"y":2},"m":3})");
    ASSERT_EQ(value.members().size(), 3U);
    EXPECT_EQ(value.members()[0].first, "z");
    EXPECT_EQ(value.members()[1].first, "a");
    EXPECT_EQ(value.members()[2].first, "m");
    ASSERT_NE(value.find("a"), nullptr);
    EXPECT_EQ(value.find("a")->find("y")->integer(), 2);
    EXPECT_EQ(value.find("missing"), nullptr);
}

TEST(JsonValue, finds_a_member_by_its_unescaped_name) {
    const Value value = parsed(R"({"\u0061\/":1})");
    ASSERT_NE(value.find("a/"), nullptr);
    EXPECT_EQ(value.find("a/")->integer(), 1);
}

TEST(JsonValue, unescapes_strings) {
    EXPECT_EQ(parsed(R"("\"\\\/\b\f\n\r\t")").text(), "\"\\/\b\f\n\r\t");
    EXPECT_EQ(parsed("\"\\u00e9\\u20AC\\ud83d\\ude00x\"").text(),
              "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80x");
    EXPECT_EQ(parsed("\"\\uDBFF\\uDFFF\\uD800\\uDC00\"").text(),
              "\xF4\x8F\xBF\xBF\xF0\x90\x80\x80");
    EXPECT_EQ(parsed("\"\\u0001\\u001f\\u007f\"").text(), "\x01\x1F\x7F");
    EXPECT_EQ(parsed("\"caf\xC3\xA9\"").text(), "caf\xC3\xA9");
}

TEST(JsonValue, keeps_the_literal_text_of_numbers) {
    for (const char* number :
         {"0", "-0", "1.0", "1e2", "1E+2", "12345678901234567890", "0.10", "1e400"}) {
        EXPECT_EQ(parsed(number).text(), number);
        EXPECT_EQ(parsed(std::string("[ ") + number + " ]").items()[0].text(), number);
    }
}

TEST(JsonValue, is_an_integer_only_if_it_was_written_as_one_that_fits) {
    EXPECT_EQ(parsed("0").integer(), 0);
    EXPECT_EQ(parsed("-1").integer(), -1);
    EXPECT_EQ(parsed("9223372036854775807").integer(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parsed("-9223372036854775808").integer(), std::numeric_limits<std::int64_t>::min());
    for (const char* other :
         {"-0", "1.0", "1e2", "0.5", "9223372036854775808", "-9223372036854775809", "1e400",
          "\"5\"", "true", "null", "[]", "{}"}) {
        EXPECT_EQ(parsed(other).integer(), std::nullopt) << other;
    }
}

TEST(JsonValue, points_into_the_text_that_was_given) {
    const std::string text = R"(  { "a" : [ 1 , "x\n" ] , "b" : { } , "c":null , "d": -2.5e3 }  )";
    const Value value = parsed(text);
    EXPECT_EQ(value.raw(), text.substr(2, text.size() - 4));
    EXPECT_EQ(value.find("a")->raw(), R"([ 1 , "x\n" ])");
    EXPECT_EQ(value.find("a")->items()[0].raw(), "1");
    EXPECT_EQ(value.find("a")->items()[1].raw(), R"("x\n")");
    EXPECT_EQ(value.find("b")->raw(), "{ }");
    EXPECT_EQ(value.find("c")->raw(), "null");
    EXPECT_EQ(value.find("d")->raw(), "-2.5e3");
    EXPECT_EQ(value.raw().data(), text.data() + 2);
}

TEST(JsonValue, still_points_into_the_text_after_another_was_parsed) {
    const std::string first = R"({"a":[1,2,3]})";
    const Value value = parsed(first);
    parsed(std::string(4096, ' ') + R"({"other":"text"})");
    EXPECT_EQ(value.find("a")->raw(), "[1,2,3]");
}

TEST(JsonValue, may_have_a_thousand_members_and_not_one_more) {
    EXPECT_EQ(parsed(member_count_text(1000)).members().size(), 1000U);
    const std::string text = member_count_text(1001);
    const auto result = parse(text);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().byte_offset, text.find("\"last\""));
}

TEST(JsonValue, counts_members_per_object) {
    EXPECT_TRUE(parse("[" + member_count_text(1000) + "," + member_count_text(1000) + "]").ok());
    EXPECT_TRUE(parse(member_count_text(1000, member_count_text(1000))).ok());
}

TEST(JsonValue, may_have_any_number_of_items) {
    std::string text = "[0";
    for (int i = 0; i < 5000; ++i) text += ",0";
    EXPECT_EQ(parsed(text + "]").items().size(), 5001U);
}

TEST(JsonValue, refuses_a_repeated_name_among_many) {
    for (const std::size_t count : {2U, 15U, 16U, 17U, 18U, 500U}) {
        std::string text = member_count_text(count);
        text.insert(text.size() - 1, ",\"m0\":1");
        const auto result = parse(text);
        ASSERT_FALSE(result.ok()) << count;
        EXPECT_EQ(result.error().byte_offset, text.rfind("\"m0\"")) << count;
    }
}

TEST(JsonValue, survives_a_hostile_depth) {
    for (const char* opening : {"[", "{\"a\":"}) {
        std::string text;
        for (int i = 0; i < 100'000; ++i) text += opening;
        EXPECT_FALSE(parse(text).ok());
    }
}

TEST(JsonValue, takes_a_large_text_and_a_small_one_after_it) {
    const std::string large = "[\"" + std::string(3'000'000, 'a') + "\"]";
    EXPECT_EQ(parsed(large).items()[0].text().size(), 3'000'000U);
    EXPECT_EQ(parsed("[1]").items()[0].integer(), 1);
}

TEST(JsonValue, is_parsed_alike_on_many_threads) {
    std::vector<int> failures(4, 0);
    std::vector<std::thread> threads;
    threads.reserve(failures.size());
    for (int& count : failures) {
        threads.emplace_back([&count] {
            for (int i = 0; i < 500; ++i) {
                const auto value = parse("{\"n\":" + std::to_string(i) + "}");
                if (!value.ok() || value->find("n")->integer() != i) ++count;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(failures, std::vector<int>(4, 0));
}

TEST(JsonCanonical, is_one_form_for_all_spellings) {
    const std::string expected =
        "{\"a\":[1,true,null,\"\xC3\xA9\\n\"],\"b\":{\"c\":\"\\u0001\",\"d\":{}}}";
    EXPECT_EQ(canonical(parsed(
                  "{\"b\":{\"d\":{},\"c\":\"\\u0001\"},\"a\":[1,true,null,\"\\u00e9\\u000a\"]}")),
              expected);
    EXPECT_EQ(canonical(parsed(" { \"a\" : [ 1 , true , null , \"\xC3\xA9\\n\" ] , "
                               "\"b\" : { \"\\u0063\" : \"\\u0001\" , \"d\" : { } } } ")),
              expected);
    EXPECT_EQ(canonical(parsed(expected)), expected);
}

// The example of RFC 8785 section 3.2.3: names sort by UTF-16 code units, not by UTF-8 bytes.
TEST(JsonCanonical, sorts_names_as_the_rfc_does) {
    const Value value = parsed(
        "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet "
        "With Dagesh\","
        "\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
        "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}");
    const Value sorted = parsed(canonical(value));
    std::vector<std::string> texts;
    for (const auto& [name, text] : sorted.members()) texts.push_back(text.text());
    const std::vector<std::string> expected{"Carriage Return",
                                            "One",
                                            "Control",
                                            "Latin Small Letter O With Diaeresis",
                                            "Euro Sign",
                                            "Emoji: Grinning Face",
                                            "Hebrew Letter Dalet With Dagesh"};
    EXPECT_EQ(texts, expected);
}

TEST(JsonCanonical, escapes_only_what_must_be_escaped) {
    EXPECT_EQ(
        canonical(parsed("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\\u007f\"")),
        "\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\x7F\"");
}

TEST(JsonCanonical, keeps_large_integers_apart) {
    EXPECT_NE(canonical(parsed("9007199254740993")), canonical(parsed("9007199254740992")));
}

}  // namespace
}  // namespace outlay::json
