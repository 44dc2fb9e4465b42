// Commands: what the command line knows, and the options that several of them share. Made once, at
// start.
#pragma once

#include <CLI/CLI.hpp>
#include <deque>

#include "app/settings.hpp"

namespace outlay::app {

using Role = int (*)(const Settings&);

// Each command has settings of its own: CLI11 reads the environment for all commands, also those
// that were not called.
struct Commands {
    std::deque<Settings> settings;
    Role role = nullptr;  // of the called one
    const Settings* chosen = nullptr;
};
struct Command {
    CLI::App& app;
    Settings& settings;
};

Command add_command(CLI::App& parent, Commands& commands, const char* name, const char* what,
                    Role role);

void add_kafka_options(CLI::App& command, Settings& settings);
void add_postgres_option(CLI::App& command, Settings& settings);
// What inspects an installation of either form: --data for the embedded one, else brokers and
// database.
void add_place_options(CLI::App& command, Settings& settings);

// `outlay journal ...`
void add_journal_commands(CLI::App& app, Commands& commands);

}  // namespace outlay::app
