// Commands, and settings as flags.
#include "app/commands.hpp"

#include <algorithm>

#include "app/setting_values.hpp"

namespace outlay::app {

namespace {

std::string with_variable(std::string what, const std::string& name) {
    return std::move(what) + " [" + variable_of(name) + "]";
}

void add_value_flag(CLI::App& command, const Setting& setting, const std::string& what,
                    const std::string& standard) {
    auto names = flag_of(setting.name);
    if (!setting.alias.empty()) names += "," + flag_of(setting.alias);
    const auto told = with_variable(what, std::string(setting.name));
    if (setting.is_switch()) {
        command.add_flag(names, told);
        return;
    }
    auto* const option = command.add_option(names, CLI::callback_t{}, told);
    option->type_name(std::string(setting.form));
    if (!standard.empty()) option->default_str(standard);
}

void add_setting(CLI::App& command, const Settings& settings, const Setting& setting) {
    const auto standard = text_in(settings, setting);
    auto what = std::string(setting.what);
    if (standard.empty() && !setting.unset.empty())
        what += " (default: " + std::string(setting.unset) + ")";
    const bool is_never_flag = setting.secrecy == Secrecy::whole;
    if (!is_never_flag) add_value_flag(command, setting, what, standard);
    if (!setting.is_secret()) return;
    const auto name = file_name_of(setting);
    command
        .add_option(
            flag_of(name), CLI::callback_t{},
            with_variable(
                is_never_flag ? "File with: " + what : "File with " + flag_of(setting.name), name))
        ->type_name("FILE");
}

void refuse_flags_before(const CLI::App& command) {
    for (const auto* const option : command.get_options()) {
        if (option->count() > 0)
            throw CLI::ValidationError(option->get_name(),
                                       "has to stand behind the command that it is for");
    }
}

}  // namespace

Command add_command(CLI::App& parent, Commands& commands, const char* name, const char* what,
                    Role role) {
    auto* command = parent.add_subcommand(name, what);
    auto& settings = commands.settings.emplace_back();
    command->callback([&commands, &settings, command, role = std::move(role)] {
        // A command below it was called, with flags of its own; it has been here before.
        if (!command->get_subcommands().empty()) {
            refuse_flags_before(*command);
            return;
        }
        commands.role = role;
        commands.chosen = &settings;
        commands.called = command;
    });
    return {*command, settings};
}

void add_settings(CLI::App& command, const Settings& settings,
                  std::initializer_list<SettingGroup> groups) {
    const bool is_first = command.get_option_no_throw("--config") == nullptr;
    for (const auto& setting : settings_table()) {
        const bool is_of_every = setting.group == SettingGroup::every;
        if (is_of_every ? is_first : std::ranges::find(groups, setting.group) != groups.end())
            add_setting(command, settings, setting);
    }
}

void add_place_options(CLI::App& command, Settings& settings) {
    using enum SettingGroup;
    add_settings(command, settings, {data, kafka, postgres});
    command.add_flag("--json", settings.json, "Machine-readable output");
    settings.log_level = "warning";  // what goes well is for the output to tell
}

}  // namespace outlay::app
