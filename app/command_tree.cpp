// Walks over the tree.
#include "app/command_tree.hpp"

#include <algorithm>

namespace outlay::app {

namespace {

// The library puts its names of types and rules there, too: "INT:INT in [1 - 64]".
std::string form_of(const CLI::Option& option) {
    const auto type = option.get_type_name();
    for (const auto* const number : {"INT", "UINT", "FLOAT"})
        if (type == number || type.starts_with(std::string(number) + ":")) return "N";
    return type == "TEXT" ? "VALUE" : type;
}

CommandFlag flag_of(const CLI::Option& option) {
    CommandFlag flag;
    for (const auto& name : option.get_snames()) flag.names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) flag.names.push_back("--" + name);
    flag.is_argument = flag.names.empty();
    if (flag.is_argument) flag.names.push_back(option.get_name());
    if (option.get_items_expected_max() > 0) flag.form = form_of(option);
    flag.what = option.get_description();
    flag.standard = option.get_default_str();
    flag.is_required = option.get_required();
    return flag;
}

void collect(const CLI::App& command, std::vector<const CLI::App*>& found) {
    found.push_back(&command);
    for (const auto* const one : commands_below(command)) collect(*one, found);
}

}  // namespace

std::string CommandFlag::usage() const {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return form.empty() || is_argument ? text : text + " " + form;
}

std::vector<CommandFlag> flags_of(const CLI::App& command) {
    std::vector<CommandFlag> found;
    for (const auto* const option : command.get_options()) found.push_back(flag_of(*option));
    return found;
}

std::vector<const CLI::App*> commands_below(const CLI::App& command) {
    return command.get_subcommands(std::function<bool(const CLI::App*)>{});
}

std::vector<const CLI::App*> all_commands(const CLI::App& root) {
    std::vector<const CLI::App*> found;
    collect(root, found);
    return found;
}

std::vector<const CLI::App*> runnable_commands(const CLI::App& root) {
    auto found = all_commands(root);
    std::erase_if(found, [](const CLI::App* one) { return !commands_below(*one).empty(); });
    return found;
}

std::string path_of(const CLI::App& command) {
    const auto* const parent = command.get_parent();
    if (parent == nullptr) return "";
    const auto above = path_of(*parent);
    return above.empty() ? command.get_name() : above + " " + command.get_name();
}

}  // namespace outlay::app
