// Commands: what the command line knows, and the options that several of them share. Made once, at
// start.
#pragma once

#include <CLI/CLI.hpp>
#include <deque>
#include <functional>
#include <initializer_list>
#include <set>

#include "app/settings.hpp"
#include "app/settings_sources.hpp"

namespace outlay::app {

using Role = std::function<int(const Settings&)>;

// Each command has settings of its own, with its own defaults.
struct Commands {
    std::deque<Settings> settings;
    // Of the called one:
    const CLI::App* called = nullptr;
    Settings* chosen = nullptr;
    Settings defaults;  // before anything told of them
    Role role;
    Resolution resolution;
    // Commands whose business wrong settings are: these do not stop them.
    std::set<const CLI::App*> finding_tellers;
};
struct Command {
    CLI::App& app;
    Settings& settings;
};

Command add_command(CLI::App& parent, Commands& commands, const char* name, const char* what,
                    Role role);

// The flags of these groups of settings. The defaults are those that `settings` holds now.
void add_settings(CLI::App& command, const Settings& settings,
                  std::initializer_list<SettingGroup> groups);
// What inspects an installation of either form: --data for the embedded one, else brokers and
// database; and --json.
void add_place_options(CLI::App& command, Settings& settings);

// `outlay verify`, `repair` and `rebuild`.
void add_read_model_commands(CLI::App& app, Commands& commands);
// `outlay why`, `asof` and `diff`
void add_explanations(CLI::App& app, Commands& commands);
// `outlay journal ...`
void add_journal_commands(CLI::App& app, Commands& commands);
// `outlay migrate`, `admin`, `smoke`
void add_upkeep_commands(CLI::App& app, Commands& commands);
// `outlay completion`, `man`
void add_document_commands(CLI::App& app, Commands& commands);
// `outlay config ...`
void add_config_commands(CLI::App& app, Commands& commands);
// `outlay pause|resume|deliveries ...`
void add_control_commands(CLI::App& app, Commands& commands);

}  // namespace outlay::app
