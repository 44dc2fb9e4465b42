// Promise: the JSON reader takes what RFC 8259 says must be taken, refuses everything else with the
// byte where it went wrong, and makes the documented choice where the RFC leaves one. The cases are
// rows of data/json_cases.txt.
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <string>
#include <vector>

#include "platform/json/value.hpp"

namespace outlay::json {
namespace {

struct Case {
    bool accepted = false;
    std::size_t byte_offset = 0;
    std::string name;
    std::string text;
};

// "%41" is the byte 0x41; a percent sign alone is nothing.
std::string decode_bytes(const std::string& row) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] != '%') {
            text.push_back(row[i]);
        } else if (i + 2 < row.size()) {
            text.push_back(static_cast<char>(std::stoi(row.substr(i + 1, 2), nullptr, 16)));
            i += 2;
        }
    }
    return text;
}

std::vector<Case> read_cases() {
    std::ifstream file(OUTLAY_SOURCE_DIR "/tests/unit/data/json_cases.txt");
    std::vector<Case> cases;
    for (std::string row; std::getline(file, row);) {
        if (row.empty() || row.front() == '#') continue;
        const std::size_t separator = row.find(" :: ");
        std::string head = row.substr(0, separator);
        const std::size_t verdict_end = head.find(' ');
        Case one;
        one.accepted = head.substr(0, verdict_end).ends_with("accept");
        head.erase(0, verdict_end + 1);
        if (!one.accepted) {
            one.byte_offset = std::stoul(head);
            head.erase(0, head.find(' ') + 1);
        }
        one.name = head;
        one.text = decode_bytes(row.substr(separator + 4));
        cases.push_back(one);
    }
    return cases;
}

class JsonCase : public testing::TestWithParam<Case> {};

TEST_P(JsonCase, is_judged_as_the_table_says) {
    const Case& one = GetParam();
    const auto parsed = parse(one.text);
    ASSERT_EQ(parsed.ok(), one.accepted)
        << one.name << ": " << (parsed.ok() ? "" : parsed.error().detail);
    if (one.accepted) return;
    EXPECT_EQ(parsed.error().byte_offset, one.byte_offset)
        << one.name << ": " << parsed.error().detail;
    EXPECT_FALSE(parsed.error().detail.empty());
}

std::string test_name(const testing::TestParamInfo<Case>& info) {
    std::string name;
    for (const char c : info.param.name) name.push_back(std::isalnum(c) != 0 ? c : '_');
    return std::to_string(info.index) + "_" + name;
}

INSTANTIATE_TEST_SUITE_P(JsonCases, JsonCase, testing::ValuesIn(read_cases()), test_name);

TEST(JsonCases, are_at_least_as_many_as_promised) {
    EXPECT_GE(read_cases().size(), 250U);
}

// Every accepted text, cut off anywhere, is refused or is a whole text itself, with the error
// inside the text.
TEST(JsonCases, cut_off_anywhere_never_give_an_error_outside_the_text) {
    for (const Case& one : read_cases()) {
        for (std::size_t length = 0; length < one.text.size(); ++length) {
            const std::string_view cut = std::string_view(one.text).substr(0, length);
            const auto parsed = parse(cut);
            if (!parsed.ok()) {
                EXPECT_LE(parsed.error().byte_offset, cut.size()) << one.name;
            }
        }
    }
}

}  // namespace
}  // namespace outlay::json
