// `outlay config`: what the settings are, where they come from, and what is wrong with them.
#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>

#include "app/commands.hpp"
#include "app/outside.hpp"
#include "app/setting_values.hpp"
#include "app/settings_list.hpp"
#include "platform/json/writer.hpp"
#include "platform/secret_file.hpp"

namespace outlay::app {

namespace {

using enum SettingGroup;

constexpr int found_wrong = 1;

std::string source_of(const SettingOrigin& origin) {
    return origin.source == SettingSource::standard ? "default" : origin.name;
}

int tell(const Resolution& resolution) {
    for (const auto& finding : resolution.findings) std::cerr << "outlay: " << finding << "\n";
    return resolution.findings.empty() ? 0 : found_wrong;
}

// What a role cannot start without.
struct Need {
    std::string_view role;
    std::string_view setting;
};
constexpr std::array needs{
    Need{"api", "kafka-brokers"},    Need{"api", "postgres-url"},
    Need{"api", "root-secret-file"}, Need{"worker", "kafka-brokers"},
    Need{"worker", "postgres-url"},  Need{"worker", "root-secret-file"},
    Need{"migrate", "postgres-url"}, Need{"migrate", "root-secret-file"},
    Need{"topics", "kafka-brokers"},
};

// What stops the start of a role before it asks anybody else. A secret that is not there yet is
// made by `migrate` and `serve`.
std::vector<std::string> role_findings(const Settings& settings) {
    std::vector<std::string> findings;
    for (const auto& [role, name] : needs) {
        const auto setting = std::ranges::find(settings_table(), name, &Setting::name);
        if (role == settings.role && text_in(settings, *setting).empty())
            findings.push_back(std::string(role) + " needs " + flag_of(name) + " or " +
                               variable_of(name));
    }
    const bool is_node = settings.role == "api" || settings.role == "worker";
    if (!is_node && settings.role != "serve") return findings;
    platform::Secret secret{};
    if (is_node && !settings.root_secret_file.empty()) {
        const auto loaded = platform::load_secret(settings.root_secret_file);
        if (loaded.ok())
            secret = *loaded;
        else
            findings.push_back("root-secret-file: " + loaded.error().detail);
    }
    const auto outside = open_outside(settings, secret);
    if (!outside.ok()) findings.push_back(outside.error());
    return findings;
}

int check(const Settings& settings, Resolution resolution) {
    if (resolution.findings.empty()) resolution.findings = role_findings(settings);
    if (!settings.json) {
        if (resolution.findings.empty()) std::cout << "every setting can be used\n";
        return tell(resolution);
    }
    std::string text;
    json::Writer out(text);
    out.begin_object().key("findings").begin_array();
    for (const auto& finding : resolution.findings) out.string(finding);
    out.end_array().end_object();
    std::cout << text << "\n";
    return resolution.findings.empty() ? 0 : found_wrong;
}

void print_json(const Settings& settings, const Resolution& resolution) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& origin : resolution.origins) {
        const auto& setting = *origin.setting;
        out.begin_object()
            .field("name", std::string(setting.name))
            .field("value", masked(setting, text_in(settings, setting)))
            .field("from", source_of(origin))
            .end_object();
    }
    out.end_array();
    std::cout << text << "\n";
}

void print_table(const Settings& settings, const Resolution& resolution) {
    constexpr int name_columns = 18;
    constexpr int value_columns = 40;
    std::printf("%-*s  %-*s  %s\n", name_columns, "setting", value_columns, "value", "from");
    for (const auto& origin : resolution.origins) {
        const auto& setting = *origin.setting;
        auto value = masked(setting, text_in(settings, setting));
        if (value.empty()) value = "-";
        std::printf("%-*s  %-*s  %s\n", name_columns, std::string(setting.name).c_str(),
                    value_columns, value.c_str(), source_of(origin).c_str());
    }
}

int print(const Settings& settings, const Resolution& resolution) {
    if (settings.json)
        print_json(settings, resolution);
    else
        print_table(settings, resolution);
    std::fflush(stdout);
    return tell(resolution);
}

Command add_telling_command(CLI::App& config, Commands& commands, const char* name,
                            const char* what, Role role) {
    const auto command = add_command(config, commands, name, what, std::move(role));
    commands.finding_tellers.insert(&command.app);
    add_settings(
        command.app, command.settings,
        {data, serving, admin, log, kafka, consumer, postgres, root_secret, sealing, outside});
    command.app.add_flag("--json", command.settings.json, "Machine-readable output");
    return command;
}

void add_list(CLI::App& root, CLI::App& config, Commands& commands) {
    const auto command = add_command(
        config, commands, "list", "Say what every setting is: flag, variable, default, commands",
        [&root](const Settings& settings) {
            std::cout << (settings.json       ? settings_as_json(root)
                          : settings.markdown ? settings_as_markdown(root)
                                              : settings_as_text(root));
            return 0;
        });
    commands.finding_tellers.insert(&command.app);
    auto* const as_json =
        command.app.add_flag("--json", command.settings.json, "Machine-readable output");
    command.app.add_flag("--markdown", command.settings.markdown, "The text of docs/settings.md")
        ->excludes(as_json);
}

}  // namespace

void add_config_commands(CLI::App& app, Commands& commands) {
    auto* const config =
        app.add_subcommand("config", "Say what the settings are, and what is wrong with them")
            ->require_subcommand(1);
    const auto checking = add_telling_command(
        *config, commands, "check", "Say what is wrong with flags, variables and file",
        [&commands](const Settings& settings) { return check(settings, commands.resolution); });
    checking.app
        .add_option("role", checking.settings.role,
                    "Also whether serve, api, worker, migrate or topics could start with them")
        ->type_name("ROLE")
        ->check(CLI::IsMember({"serve", "api", "worker", "migrate", "topics"}));
    checking.app.footer(
        "  outlay config check api --config outlay.conf\n"
        "Exit 0: all can be used, 1: some cannot, and are named.");
    const auto printing = add_telling_command(
        *config, commands, "print",
        "Print every setting and where it comes from; secrets are masked",
        [&commands](const Settings& settings) { return print(settings, commands.resolution); });
    printing.app.footer(
        "Flags come before OUTLAY_* variables, these before the file, this before defaults.\n"
        "Exit 0: all can be used, 1: some are unknown or malformed, and named.");
    add_list(app, *config, commands);
}

}  // namespace outlay::app
