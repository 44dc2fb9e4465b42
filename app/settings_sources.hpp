// Where settings come from: flag, OUTLAY_* variable, configuration file, default, in this order.
// What is unknown or malformed is found here, before a role starts.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "app/settings_environment.hpp"
#include "app/settings_table.hpp"

namespace outlay::app {

enum class SettingSource { standard, file, variable, flag };

struct SettingOrigin {
    const Setting* setting = nullptr;
    SettingSource source = SettingSource::standard;
    std::string name;  // of the flag, the variable, or the file with its line; "" for a default
};
struct Resolution {
    std::vector<SettingOrigin> origins;  // of the command's settings, in the table's order
    std::vector<std::string> findings;   // sentences that name the setting
};

// Brings into `settings` what was told of the settings that a parsed command has.
Resolution resolve_settings(const CLI::App& command, Settings& settings,
                            const Environment& environment);

}  // namespace outlay::app
