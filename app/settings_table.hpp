// The table of settings: everything that a flag, an OUTLAY_* variable and a configuration file can
// set. Flags, variables, files, `--help`, `outlay config` and docs/settings.md all come from it: a
// new setting is a member of Settings and an entry here. Constant; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "app/settings.hpp"
#include "domain/values/result.hpp"

namespace outlay::app {

// Commands take settings by the group.
enum class SettingGroup {
    every,    // of every command that has settings
    data,     // an embedded installation
    serving,  // of the HTTP front
    ending,   // of every role
    admin,    // the port of health
    log,
    kafka,
    consumer,  // of workers as members of a group
    postgres,
    root_secret,
    outside,  // what goes to servers of other people
    sealing,  // of channels' addresses and secrets
    reconciling,
    scratch,  // where journals are replayed for a comparison
};

using SettingField =
    std::variant<std::string Settings::*, bool Settings::*, int Settings::*, unsigned Settings::*>;

enum class Secrecy {
    none,
    password,  // an address with a password, which is never shown
    whole,     // never shown, and never a flag
};

// Whether a value that is not empty can be used; the error says what it should be.
using SettingRule = domain::Status<std::string> (*)(const std::string& value);

struct Setting {
    std::string_view name;  // "log-level": --log-level, OUTLAY_LOG_LEVEL and log-level in a file
    SettingGroup group;
    SettingField field;
    std::string_view form;  // of a value, for --help; "" : yes or no
    std::string_view what;
    std::string_view unset = "";  // what holds instead of an empty default
    SettingRule rule = nullptr;
    Secrecy secrecy = Secrecy::none;  // else it can also be given by the name of a file
    std::string_view alias = "";      // a second flag

    bool is_secret() const { return secrecy != Secrecy::none; }
    bool is_switch() const { return std::holds_alternative<bool Settings::*>(field); }
};

std::span<const Setting> settings_table();

// Of names as they stand in the table and in files.
std::string flag_of(std::string_view name);        // --smtp-url
std::string variable_of(std::string_view name);    // OUTLAY_SMTP_URL
std::string file_name_of(const Setting& setting);  // smtp-url-file: what names a secret's file

}  // namespace outlay::app
