// Promise: one call is one line on standard error, a JSON object or a line of text, whatever the
// fields hold; nothing in a field can break a line or steer a terminal.
#include "platform/log.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "domain/values/dates.hpp"
#include "platform/json/value.hpp"

namespace outlay::platform {
namespace {

using namespace std::string_literals;

class Log : public testing::Test {
protected:
    void TearDown() override { configure_log(LogLevel::info, false); }

    static std::string written(const std::function<void()>& body) {
        testing::internal::CaptureStderr();
        body();
        flush_log();
        return testing::internal::GetCapturedStderr();
    }
};

json::Value parsed(const std::string& line) {
    auto value = json::parse(line);
    EXPECT_TRUE(value.ok()) << line;
    return value.ok() ? std::move(value).value() : json::Value{};
}

TEST_F(Log, writes_one_json_object_per_line) {
    const std::string line = written([] {
        log(LogLevel::warning, "listening",
            {{"address", "127.0.0.1"}, {"port", std::int64_t{8080}}});
    });
    ASSERT_TRUE(line.ends_with("}\n")) << line;
    const json::Value value = parsed(line);
    ASSERT_EQ(value.members().size(), 7U);
    EXPECT_EQ(value.find("logger")->text(), "outlay");
    EXPECT_EQ(value.find("service")->text(), "outlay");
    EXPECT_TRUE(domain::Instant::parse(value.find("ts")->text()).has_value());
    EXPECT_EQ(value.find("level")->text(), "warning");
    EXPECT_EQ(value.find("msg")->text(), "listening");
    EXPECT_EQ(value.find("address")->text(), "127.0.0.1");
    EXPECT_EQ(value.find("port")->integer(), 8080);
}

TEST_F(Log, writes_text_for_people) {
    configure_log(LogLevel::info, true);
    const std::string line = written([] {
        log(LogLevel::info, "listening on all",
            {{"address", "a b\"c"}, {"port", std::int64_t{-1}}});
    });
    EXPECT_TRUE(line.ends_with("Z INFO  listening on all address=\"a b\\\"c\" port=-1\n")) << line;
}

TEST_F(Log, names_the_levels) {
    configure_log(LogLevel::debug, false);
    const std::pair<LogLevel, const char*> rows[] = {{LogLevel::debug, "debug"},
                                                     {LogLevel::info, "info"},
                                                     {LogLevel::warning, "warning"},
                                                     {LogLevel::error, "error"}};
    for (const auto& [level, name] : rows) {
        const std::string line = written([level = level] { log(level, "x"); });
        EXPECT_EQ(parsed(line).find("level")->text(), name);
    }
}

TEST_F(Log, drops_lines_below_its_level) {
    EXPECT_EQ(written([] { log(LogLevel::debug, "x"); }), "");
    configure_log(LogLevel::error, false);
    EXPECT_EQ(written([] { log(LogLevel::warning, "x"); }), "");
    EXPECT_NE(written([] { log(LogLevel::error, "x"); }), "");
}

struct Hostile {
    std::string text;
    std::string read_back;  // from the JSON line
};

const std::vector<Hostile>& hostile_texts() {
    static const std::vector<Hostile> rows{
        {"a\nb", "a\nb"},
        {"a\r\n{\"level\":\"error\"}", "a\r\n{\"level\":\"error\"}"},
        {"\x1B[2J\x1B]0;title\x07", "\x1B[2J\x1B]0;title\x07"},
        {"nul\0here"s, ""},  // U+0000 is written escaped, which the strict reader refuses
        {"\x7F", "\x7F"},
        {"\xC2\x9B"
         "31m",
         "\xC2\x9B"
         "31m"},
        {"\xE2\x80\xA8\xE2\x80\xA9", "\xE2\x80\xA8\xE2\x80\xA9"},
        {"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
        {"bad \xFF\xC3( end \xED\xA0\x80",
         "bad \xEF\xBF\xBD\xEF\xBF\xBD( end \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"cut \xE2\x82", "cut \xEF\xBF\xBD\xEF\xBF\xBD"},
        {"%s %n {} {0}", "%s %n {} {0}"},
        {"back\\slash", "back\\slash"},
    };
    return rows;
}

TEST_F(Log, keeps_hostile_text_inside_its_json_string) {
    for (const Hostile& row : hostile_texts()) {
        const std::string line =
            written([&row] { log(LogLevel::info, row.text, {{"field", row.text}}); });
        ASSERT_TRUE(line.ends_with("}\n"));
        if (row.read_back.empty()) {
            EXPECT_NE(line.find("nul\\u0000here"), std::string::npos) << line;
            continue;
        }
        const json::Value value = parsed(line);
        EXPECT_EQ(value.find("msg")->text(), row.read_back);
        EXPECT_EQ(value.find("field")->text(), row.read_back);
    }
}

TEST_F(Log, lets_no_control_character_through_in_either_form) {
    for (const bool text : {false, true}) {
        configure_log(LogLevel::info, text);
        for (const Hostile& row : hostile_texts()) {
            std::string line =
                written([&row] { log(LogLevel::info, row.text, {{"field", row.text}}); });
            ASSERT_TRUE(line.ends_with('\n'));
            line.pop_back();
            for (std::size_t i = 0; i < line.size(); ++i) {
                const auto byte = static_cast<unsigned char>(line[i]);
                EXPECT_TRUE(byte >= 0x20 && byte != 0x7F) << line;
            }
            EXPECT_EQ(line.find("\xC2\x9B"), std::string::npos);
            EXPECT_EQ(line.find("\xE2\x80\xA8"), std::string::npos);
        }
    }
}

TEST_F(Log, keeps_lines_of_many_threads_apart) {
    const std::string lines = written([] {
        std::vector<std::thread> threads;
        threads.reserve(4);
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([] {
                for (int i = 0; i < 100; ++i) log(LogLevel::info, "line", {{"i", std::int64_t{i}}});
            });
        }
        for (std::thread& thread : threads) thread.join();
    });
    std::size_t count = 0;
    for (std::size_t start = 0; start < lines.size(); ++count) {
        const std::size_t end = lines.find('\n', start);
        EXPECT_EQ(parsed(lines.substr(start, end - start)).find("msg")->text(), "line");
        start = end + 1;
    }
    EXPECT_EQ(count, 400U);
}

}  // namespace
}  // namespace outlay::platform
