// One walk over the table: for each setting the first source that tells of it counts.
#include "app/settings_sources.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "app/nearest_name.hpp"
#include "app/private_file.hpp"
#include "app/setting_values.hpp"
#include "app/settings_file.hpp"

namespace outlay::app {

namespace {

// What one source says of one name of the table, or of the same name with "-file" behind it.
struct Told {
    SettingSource source = SettingSource::standard;
    std::string name;
    std::string text;
};
using Lookup = std::function<std::optional<Told>(const std::string& name)>;

class Resolver {
public:
    Resolver(const CLI::App& command, Settings& settings, const Environment& environment)
        : command_(command), settings_(settings), environment_(environment) {}

    Resolution run() {
        found_.findings = unknown_variables(environment_);
        for (const auto& setting : settings_table()) {
            if (!command_has(setting)) continue;
            found_.origins.push_back({&setting, SettingSource::standard, ""});
            ask_sources(setting);
            if (setting.group == SettingGroup::every) read_file();
        }
        return std::move(found_);
    }

private:
    bool command_has(const Setting& setting) const {
        return command_.get_option_no_throw(flag_of(setting.name)) != nullptr ||
               command_.get_option_no_throw(flag_of(file_name_of(setting))) != nullptr;
    }

    void read_file() {
        if (settings_.config_file.empty()) return;
        file_ = read_settings_file(settings_.config_file);
        found_.findings.insert(found_.findings.end(), file_.findings.begin(), file_.findings.end());
        const bool is_open = is_open_to_others(settings_.config_file);
        std::vector<std::string> known;
        for (const auto& setting : settings_table()) {
            if (setting.group == SettingGroup::every) continue;
            known.emplace_back(setting.name);
            if (setting.is_secret()) known.push_back(file_name_of(setting));
        }
        for (const auto& entry : file_.entries) {
            if (entry.name == "config")
                found_.findings.push_back(place_of(entry) + "config names no further file");
            else if (std::ranges::find(known, entry.name) == known.end())
                found_.findings.push_back(place_of(entry) + entry.name +
                                          " is no setting; the nearest is " +
                                          nearest_name(entry.name, known));
            else if (is_open && holds_secret(entry))
                found_.findings.push_back(place_of(entry) + entry.name +
                                          " is secret, and others may read the file; chmod 600 " +
                                          settings_.config_file);
        }
    }

    static bool holds_secret(const FileEntry& entry) {
        const auto setting = std::ranges::find(settings_table(), entry.name, &Setting::name);
        return setting != settings_table().end() && masked(*setting, entry.value) != entry.value;
    }

    std::string place_of(const FileEntry& entry) const {
        return settings_.config_file + ", line " + std::to_string(entry.line) + ": ";
    }

    std::optional<Told> from_flag(const std::string& name) const {
        const auto* const option = command_.get_option_no_throw(flag_of(name));
        if (option == nullptr || option->count() == 0) return std::nullopt;
        return Told{SettingSource::flag, flag_of(name), option->results().back()};
    }

    std::optional<Told> from_variable(const std::string& name) const {
        const auto variable = variable_of(name);
        const auto found = environment_.find(variable);
        if (found == environment_.end()) return std::nullopt;
        return Told{SettingSource::variable, variable, found->second};
    }

    std::optional<Told> from_file(const std::string& name) const {
        const auto entry = std::ranges::find(file_.entries, name, &FileEntry::name);
        if (entry == file_.entries.end()) return std::nullopt;
        return Told{SettingSource::file, place_of(*entry) + name, entry->value};
    }

    void ask_sources(const Setting& setting) {
        const std::array<Lookup, 3> sources{
            [this](const std::string& name) { return from_flag(name); },
            [this](const std::string& name) { return from_variable(name); },
            [this](const std::string& name) { return from_file(name); }};
        const std::string name(setting.name);
        for (const auto& source : sources) {
            const auto value = source(name);
            const auto named = setting.is_secret() ? source(file_name_of(setting)) : std::nullopt;
            if (value && named)
                found_.findings.push_back(value->name + " and " + named->name +
                                          " are both set; one of them is enough");
            else if (value)
                take(setting, *value, value->text);
            else if (named)
                take_named(setting, *named);
            if (value || named) return;
        }
    }

    // A secret in a file of its own; the file may end with a line's end.
    void take_named(const Setting& setting, const Told& told) {
        const auto read = read_private_file(told.text);
        auto text = read.ok() ? *read : std::string{};
        while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
        if (!read.ok())
            found_.findings.push_back(told.name + ": " + read.error());
        else if (text.empty())
            found_.findings.push_back(told.name + ": " + told.text + " is empty");
        else
            take(setting, told, text);
    }

    void take(const Setting& setting, const Told& told, const std::string& text) {
        found_.origins.back().source = told.source;
        found_.origins.back().name = told.name;
        const auto done = assign(settings_, setting, text);
        if (!done.ok()) found_.findings.push_back(told.name + ": " + done.error());
    }

    const CLI::App& command_;
    Settings& settings_;
    const Environment& environment_;
    SettingsFile file_;
    Resolution found_;
};

}  // namespace

Resolution resolve_settings(const CLI::App& command, Settings& settings,
                            const Environment& environment) {
    return Resolver(command, settings, environment).run();
}

}  // namespace outlay::app
