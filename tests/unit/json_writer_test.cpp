// Promise: what the writer appends is JSON, whatever the text, and reads back as what was written.
#include "platform/json/writer.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "platform/json/value.hpp"

namespace outlay::json {
namespace {

TEST(JsonWriter, sets_commas_by_itself) {
    std::string out;
    Writer writer(out);
    writer.begin_object().field("a", std::int64_t{1}).field("b", "x").key("c").begin_array();
    writer.integer(1)
        .string("2")
        .boolean(true)
        .null()
        .begin_object()
        .end_object()
        .begin_array()
        .end_array();
    writer.end_array().field("d", false).key("e").raw("{\"f\":[1,2]}").key("g").null().end_object();
    EXPECT_EQ(out,
              R"({"a":1,"b":"x","c":[1,"2",true,null,{},[]],"d":false,"e":{"f":[1,2]},"g":null})");
}

TEST(JsonWriter, appends_to_what_is_there) {
    std::string out = "before ";
    Writer(out).begin_array().integer(-1).end_array();
    EXPECT_EQ(out, "before [-1]");
}

TEST(JsonWriter, writes_all_integers) {
    std::string out;
    Writer(out)
        .begin_array()
        .integer(std::numeric_limits<std::int64_t>::min())
        .integer(0)
        .integer(std::numeric_limits<std::int64_t>::max())
        .end_array();
    EXPECT_EQ(out, "[-9223372036854775808,0,9223372036854775807]");
}

TEST(JsonWriter, takes_every_kind_of_text_for_a_field) {
    std::string out;
    const std::string text = "s";
    Writer(out)
        .begin_object()
        .field("a", text)
        .field("b", std::string_view("v"))
        .field("c", "p")
        .end_object();
    EXPECT_EQ(out, R"({"a":"s","b":"v","c":"p"})");
}

TEST(JsonWriter, escapes_short_where_json_has_a_short_form) {
    std::string out;
    append_escaped(out, "\"\\/\b\f\n\r\t\x01\x1F\x7F");
    EXPECT_EQ(out, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\"");
}

TEST(JsonWriter, escapes_names_too) {
    std::string out;
    Writer(out).begin_object().field("a\"\n", "").end_object();
    EXPECT_EQ(out, "{\"a\\\"\\n\":\"\"}");
}

TEST(JsonWriter, writes_texts_that_read_back_as_themselves) {
    for (int length = 0; length < 70; ++length) {
        for (int byte = 1; byte < 0x80; ++byte) {
            std::string text(static_cast<std::size_t>(length), 'a');
            text.insert(text.size() / 2, 1, static_cast<char>(byte));
            text += "\xE2\x82\xAC";
            std::string out;
            append_escaped(out, text);
            const auto value = parse(out);
            ASSERT_TRUE(value.ok()) << out;
            EXPECT_EQ(value->text(), text);
        }
    }
}

}  // namespace
}  // namespace outlay::json
