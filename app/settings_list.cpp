// Three forms of one list.
#include "app/settings_list.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "app/command_tree.hpp"
#include "app/setting_values.hpp"
#include "platform/json/writer.hpp"

namespace outlay::app {

namespace {

constexpr std::string_view introduction =
    R"(# Settings

Every setting can be given by a flag, by an `OUTLAY_*` variable, or in a file; the first of these
that tells of it counts. `outlay config list` prints this page's table, `outlay config print` what
holds and where it comes from, `outlay config check` what is wrong.

A variable that begins with `OUTLAY_` and sets nothing, a name in the file that is no setting, and
a value that cannot be used stop the start with exit status 2; the message names the setting and
the nearest one that exists. An empty variable counts as not set. Variables that Kubernetes makes
for a service named `outlay...` are passed over, and so are those of the tests.

The file is named by `--config` or `OUTLAY_CONFIG`; none is read otherwise. Its lines are
`name = value`, with the names of the flags, values bare or in quotes as in TOML, and comments
behind `#`; lists are written by comma. Switches are `true` or `false`.

**Secrets** can also stand in a file of their own that nobody but its owner may read:
`OUTLAY_SMTP_URL_FILE` or `--smtp-url-file` instead of `OUTLAY_SMTP_URL`. They are never printed.

| Setting | Default | What it is | Commands |
|---|---|---|---|
)";

// Those that run an installation; the others are tools.
constexpr std::array<std::string_view, 5> roles{"serve", "api", "worker", "migrate", "topics"};

bool has(const CLI::App& command, const Setting& setting) {
    return command.get_option_no_throw(flag_of(setting.name)) != nullptr ||
           command.get_option_no_throw(flag_of(file_name_of(setting))) != nullptr;
}

// The commands that have a setting, tools taken together. `config` has all.
std::vector<std::string> commands_with(const CLI::App& root, const Setting& setting) {
    std::vector<std::string> found;
    bool is_of_tools = false;
    for (const auto* const command : runnable_commands(root)) {
        const auto path = path_of(*command);
        const auto first = path.substr(0, path.find(' '));
        if (!has(*command, setting) || first == "config") continue;
        if (std::ranges::find(roles, first) == roles.end())
            is_of_tools = true;
        else if (std::ranges::find(found, first) == found.end())
            found.push_back(first);
    }
    if (is_of_tools) found.emplace_back("tools");
    return found;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

// What holds when nothing is said.
std::string standard_of(const Setting& setting) {
    const auto value = text_in(Settings{}, setting);
    return value.empty() ? std::string(setting.unset) : value;
}

std::string escaped(std::string text) {
    for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
        text.insert(at, "\\");
    return text;
}

// A flag with its value, and the variable.
std::string names_in_markdown(const Setting& setting) {
    const bool is_flag = setting.secrecy != Secrecy::whole;
    const auto file = file_name_of(setting);
    std::string text;
    const auto add = [&text](const std::string& name, std::string_view form) {
        text += (text.empty() ? "`" : "<br>`") + flag_of(name);
        if (!form.empty()) text += " " + escaped(std::string(form));
        text += "`";
    };
    if (is_flag) add(std::string(setting.name), setting.form);
    if (setting.is_secret()) add(file, "FILE");
    text += "<br>`" + variable_of(setting.name) + "`";
    if (setting.is_secret()) text += "<br>`" + variable_of(file) + "`";
    return text;
}

}  // namespace

std::string settings_as_text(const CLI::App& root) {
    constexpr std::size_t indent = 4;
    std::string text;
    for (const auto& setting : settings_table()) {
        const auto standard = standard_of(setting);
        text += std::string(setting.name) + (setting.form.empty() ? "" : " ") +
                std::string(setting.form) + "  " + variable_of(setting.name) +
                (setting.is_secret() ? " or " + variable_of(file_name_of(setting)) : "") + "\n";
        text += std::string(indent, ' ') + std::string(setting.what) + "\n";
        if (!standard.empty()) text += std::string(indent, ' ') + "default: " + standard + "\n";
        text += std::string(indent, ' ') + "of: " + joined(commands_with(root, setting)) + "\n";
    }
    return text;
}

std::string settings_as_json(const CLI::App& root) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& setting : settings_table()) {
        out.begin_object()
            .field("name", std::string(setting.name))
            .field("variable", variable_of(setting.name))
            .field("form", std::string(setting.form))
            .field("default", text_in(Settings{}, setting))
            .field("unset", std::string(setting.unset))
            .field("what", std::string(setting.what))
            .field("secret", setting.is_secret());
        out.key("commands").begin_array();
        for (const auto& command : commands_with(root, setting)) out.string(command);
        out.end_array().end_object();
    }
    out.end_array();
    return text + "\n";
}

std::string settings_as_markdown(const CLI::App& root) {
    std::string text(introduction);
    for (const auto& setting : settings_table()) {
        text += "| " + names_in_markdown(setting) + " | " + escaped(standard_of(setting)) + " | " +
                escaped(std::string(setting.what)) + " | " + joined(commands_with(root, setting)) +
                " |\n";
    }
    return text;
}

}  // namespace outlay::app
