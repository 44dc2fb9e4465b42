// Settings: the first source that tells of one counts, mistakes name themselves, secrets stay
// masked.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "app/commands.hpp"
#include "app/nearest_name.hpp"
#include "app/setting_values.hpp"
#include "app/settings_file.hpp"
#include "app/settings_sources.hpp"
#include "workers/notifier/retry_schedule.hpp"

namespace outlay::app {
namespace {

namespace fs = std::filesystem;
using Findings = std::vector<std::string>;

const Setting& named(std::string_view name) {
    for (const auto& setting : settings_table())
        if (setting.name == name) return setting;
    CHECK(false, "no such setting");
}

// A command with every setting.
struct SettingsTest : testing::Test {
    SettingsTest()
        : folder(fs::path(testing::TempDir()) / ("settings-" + std::to_string(::getpid()))) {
        fs::create_directories(folder);
        using enum SettingGroup;
        add_settings(
            command, settings,
            {data, serving, admin, log, kafka, consumer, postgres, root_secret, outside, sealing});
    }
    ~SettingsTest() override { fs::remove_all(folder); }

    std::string write(const std::string& name, const std::string& text,
                      fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) const {
        const auto path = folder / name;
        std::ofstream(path) << text;
        fs::permissions(path, mode);
        return path.string();
    }
    Resolution resolve(std::vector<std::string> flags, const Environment& environment = {}) {
        std::ranges::reverse(flags);
        command.parse(flags);
        return resolve_settings(command, settings, environment);
    }
    static std::string source(const Resolution& resolution, std::string_view name) {
        for (const auto& origin : resolution.origins)
            if (origin.setting->name == name) return origin.name;
        return "not there";
    }

    fs::path folder;
    CLI::App command;
    Settings settings;
};

TEST_F(SettingsTest, a_flag_goes_before_a_variable_before_the_file_before_the_default) {
    const auto file =
        write("outlay.conf", "listen = 127.0.0.1:1\nadmin = 127.0.0.1:2\nio-threads = 3 # cores\n");
    const auto found = resolve({"--config", file, "--listen", "127.0.0.1:7"},
                               {{"OUTLAY_LISTEN", "127.0.0.1:8"}, {"OUTLAY_ADMIN", "off"}});
    EXPECT_EQ(found.findings, Findings{});
    EXPECT_EQ(settings.listen, "127.0.0.1:7");
    EXPECT_EQ(settings.admin, "off");
    EXPECT_EQ(settings.io_threads, 3U);
    EXPECT_EQ(settings.kafka_topic, "outlay.journal.v1");
    EXPECT_EQ(source(found, "listen"), "--listen");
    EXPECT_EQ(source(found, "admin"), "OUTLAY_ADMIN");
    EXPECT_EQ(source(found, "io-threads"), file + ", line 3: io-threads");
    EXPECT_EQ(source(found, "kafka-topic"), "");
}

TEST_F(SettingsTest, a_variable_that_sets_nothing_is_named_with_the_nearest) {
    const auto found = resolve({}, {{"OUTLAY_LISTN", "127.0.0.1:8"},
                                    {"OUTLAY_SMTP_URL_FIL", "/x"},
                                    {"OUTLAY_KAFKA_BROKER", "b:9092"}});
    EXPECT_EQ(found.findings,
              (Findings{"OUTLAY_KAFKA_BROKER is no setting; the nearest is OUTLAY_KAFKA_BROKERS",
                        "OUTLAY_LISTN is no setting; the nearest is OUTLAY_LISTEN",
                        "OUTLAY_SMTP_URL_FIL is no setting; the nearest is "
                        "OUTLAY_SMTP_URL_FILE"}));
}

TEST_F(SettingsTest, what_kubernetes_and_tests_leave_in_the_environment_is_passed_over) {
    const Environment theirs{{"OUTLAY_PORT", "tcp://10.0.0.1:8080"},
                             {"OUTLAY_SERVICE_HOST", "10.0.0.1"},
                             {"OUTLAY_SERVICE_PORT_HTTP", "8080"},
                             {"OUTLAY_API_PORT_8080_TCP", "tcp://10.0.0.1:8080"},
                             {"OUTLAY_API_PORT_8080_TCP_ADDR", "10.0.0.1"},
                             {"OUTLAY_TEST_KAFKA", "127.0.0.1:9092"}};
    EXPECT_EQ(resolve({}, theirs).findings, Findings{});
    EXPECT_EQ(resolve({}, {{"OUTLAY_PORT", "8080"}}).findings.size(), 1U);
}

TEST_F(SettingsTest, values_that_cannot_be_used_are_named_with_what_they_should_be) {
    const auto found = resolve({"--io-threads", "65"}, {{"OUTLAY_LISTEN", "nowhere"},
                                                        {"OUTLAY_STREAM_HEARTBEAT", "1s"},
                                                        {"OUTLAY_LOG_LEVEL", "loud"},
                                                        {"OUTLAY_LOG_TEXT", "maybe"},
                                                        {"OUTLAY_EGRESS_ALLOW", "10.0.0.0/8,x"}});
    EXPECT_EQ(found.findings,
              (Findings{"OUTLAY_LISTEN: \"nowhere\" is no HOST:PORT",
                        "--io-threads: \"65\" is no whole number from 1 to 64",
                        "OUTLAY_STREAM_HEARTBEAT: \"1s\" is no whole number from 1 to 15",
                        "OUTLAY_LOG_LEVEL: \"loud\" is none of debug, info, warning and error",
                        "OUTLAY_LOG_TEXT: \"maybe\" is neither true nor false",
                        "OUTLAY_EGRESS_ALLOW: \"10.0.0.0/8,x\" holds x, which is no range such as "
                        "10.0.0.0/8"}));
}

TEST_F(SettingsTest, the_schedule_and_the_name_of_mail_are_looked_at_before_the_start) {
    EXPECT_EQ(Settings{}.retry_schedule, workers::notifier::retries_usual);
    EXPECT_EQ(
        resolve({"--retry-schedule", "1s,2h"}, {{"OUTLAY_SMTP_NAME", "mail.example.org"}}).findings,
        Findings{});
    EXPECT_EQ(
        resolve({}, {{"OUTLAY_RETRY_SCHEDULE", "5s,soon"}, {"OUTLAY_SMTP_NAME", "a b"}}).findings,
        (Findings{"OUTLAY_SMTP_NAME: \"a b\" is none like mail.example.org",
                  "OUTLAY_RETRY_SCHEDULE: \"5s,soon\" is no list of pauses such as 5s,5m,2h"}));
}

TEST_F(SettingsTest, a_secret_may_stand_in_a_file_of_its_own) {
    const auto secret = write("smtp", "smtps://me:pass@mail:465\n");
    EXPECT_EQ(resolve({}, {{"OUTLAY_SMTP_URL_FILE", secret}}).findings, Findings{});
    EXPECT_EQ(settings.smtp_url, "smtps://me:pass@mail:465");
    const auto keys = write("keys", "aa\nbb\n");
    EXPECT_EQ(resolve({"--channel-key-file", keys}).findings, Findings{});
    EXPECT_EQ(settings.channel_key, "aa\nbb");
}

TEST_F(SettingsTest, a_secret_that_is_open_missing_empty_or_told_twice_is_refused) {
    const auto open = write("open", "smtp://mail:25", fs::perms::all);
    const auto none = (folder / "none").string();
    const auto empty = write("empty", "\n");
    const auto refusal = [this](const Environment& environment) {
        const auto found = resolve({}, environment).findings;
        return found.size() == 1 ? found.front() : std::to_string(found.size());
    };
    EXPECT_EQ(refusal({{"OUTLAY_SMTP_URL_FILE", open}}),
              "OUTLAY_SMTP_URL_FILE: " + open + " may be read by others; chmod 600 " + open);
    EXPECT_EQ(refusal({{"OUTLAY_SMTP_URL_FILE", none}}),
              "OUTLAY_SMTP_URL_FILE: " + none + " cannot be read");
    EXPECT_EQ(refusal({{"OUTLAY_SMTP_URL_FILE", empty}}),
              "OUTLAY_SMTP_URL_FILE: " + empty + " is empty");
    EXPECT_EQ(refusal({{"OUTLAY_SMTP_URL_FILE", empty}, {"OUTLAY_SMTP_URL", "smtp://m"}}),
              "OUTLAY_SMTP_URL and OUTLAY_SMTP_URL_FILE are both set; one of them is enough");
}

TEST_F(SettingsTest, a_secret_is_in_no_message) {
    const auto found = resolve(
        {}, {{"OUTLAY_SMTP_URL", "http://me:hunter2@mail"}, {"OUTLAY_POSTGRES_URL", "hunter2"}});
    EXPECT_EQ(found.findings,
              (Findings{"OUTLAY_POSTGRES_URL: is none like postgresql://user@host:5432/outlay",
                        "OUTLAY_SMTP_URL: is none like smtp://host:587"}));
}

TEST_F(SettingsTest, a_file_with_secrets_that_others_may_read_is_refused) {
    const auto text = "postgres-url = 'postgresql://o:pw@db/outlay'\nlisten = 127.0.0.1:1\n";
    EXPECT_EQ(resolve({"--config", write("mine", text)}).findings, Findings{});
    EXPECT_EQ(settings.postgres_url, "postgresql://o:pw@db/outlay");
    const auto open = write("open", text, fs::perms::all);
    EXPECT_EQ(resolve({"--config", open}).findings,
              Findings{open +
                       ", line 1: postgres-url is secret, and others may read the file; "
                       "chmod 600 " +
                       open});
}

TEST_F(SettingsTest, unknown_names_in_the_file_are_named_with_their_line) {
    const auto file = write("outlay.conf", "\n# ours\nlistn = x:1\nconfig = other\n");
    EXPECT_EQ(resolve({}, {{"OUTLAY_CONFIG", file}}).findings,
              (Findings{file + ", line 3: listn is no setting; the nearest is listen",
                        file + ", line 4: config names no further file"}));
    EXPECT_EQ(resolve({"--config", "/nonexistent"}).findings,
              Findings{"/nonexistent cannot be read"});
}

TEST(SettingsFile, reads_bare_and_quoted_values) {
    const auto file = parse_settings_file("f",
                                          "a = one two # not this\r\n"
                                          "b_c = \"x # \\\"y\\\" \\\\ \" # that\n"
                                          "  d='as \\n is'\n"
                                          "e =\n");
    EXPECT_EQ(file.findings, Findings{});
    Findings seen;
    for (const auto& entry : file.entries) seen.push_back(entry.name + "|" + entry.value);
    EXPECT_EQ(seen, (Findings{"a|one two", "b-c|x # \"y\" \\ ", "d|as \\n is", "e|"}));
}

TEST(SettingsFile, says_what_it_does_not_understand) {
    const auto file = parse_settings_file("f",
                                          "[table]\nlonely\na = \"open\nb = 'x' y\nc = [1]\n"
                                          "d = \"\\q\"\ne = 1\ne = 2\n");
    EXPECT_EQ(file.findings,
              (Findings{"f, line 1: is no NAME = VALUE", "f, line 2: is no NAME = VALUE",
                        "f, line 3: a: the closing quote is missing",
                        "f, line 4: b: something stands behind the closing quote",
                        "f, line 5: c: lists are written by comma, without brackets",
                        "f, line 6: d: after \\ only \\, \", n and t are understood",
                        "f, line 8: e comes a second time"}));
}

TEST(SettingValues, masks_every_password) {
    const auto shown = [](std::string_view name, const std::string& text) {
        return masked(named(name), text);
    };
    EXPECT_EQ(shown("postgres-url", "postgresql://o:p:w@x@db:5432/outlay?sslmode=require"),
              "postgresql://o:***@db:5432/outlay?sslmode=require");
    EXPECT_EQ(shown("postgres-url", "postgresql://o@db/outlay?password=pw&sslpassword=x"),
              "postgresql://o@db/outlay?password=***&sslpassword=***");
    EXPECT_EQ(shown("postgres-url", "host=db password=pw user=o"), "host=db password=*** user=o");
    EXPECT_EQ(shown("postgres-url", "host=db password='a b' user=o"), "host=db password=***");
    EXPECT_EQ(shown("smtp-url", "smtp://mail:25"), "smtp://mail:25");
    EXPECT_EQ(shown("channel-key", "0101"), "***");
    EXPECT_EQ(shown("channel-key", ""), "");
}

TEST(SettingsTable, every_setting_has_a_name_of_its_own_and_an_explanation) {
    std::set<std::string_view> names;
    for (const auto& setting : settings_table()) {
        EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
        EXPECT_FALSE(setting.what.empty()) << setting.name;
        EXPECT_EQ(setting.is_switch(), setting.form.empty()) << setting.name;
        // The default passes its own rule.
        Settings settings;
        EXPECT_TRUE(assign(settings, setting, text_in(settings, setting)).ok()) << setting.name;
    }
}

TEST(NearestName, counts_letters_to_change) {
    const Findings known{"listen", "admin", "data"};
    EXPECT_EQ(nearest_name("lisen", known), "listen");
    EXPECT_EQ(nearest_name("datum", known), "data");
    EXPECT_EQ(nearest_name("x", Findings{}), "");
}

}  // namespace
}  // namespace outlay::app
