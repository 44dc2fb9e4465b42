// The tree of commands as data: for help, the manual, completion and the list of settings. Any
// thread.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace outlay::app {

// What a command takes: a flag, a switch, or an argument by its place.
struct CommandFlag {
    std::vector<std::string> names;  // "-o", "--output"; of an argument its one name
    std::string form;                // of the value; "" : a switch
    std::string what;
    std::string standard;  // "" : none
    bool is_argument = false;
    bool is_required = false;

    // "-o, --output FILE"
    std::string usage() const;
};
std::vector<CommandFlag> flags_of(const CLI::App& command);

std::vector<const CLI::App*> commands_below(const CLI::App& command);
// The root and all below it, a command before those below it.
std::vector<const CLI::App*> all_commands(const CLI::App& root);
// Those at the ends of the tree.
std::vector<const CLI::App*> runnable_commands(const CLI::App& root);
// "journal cat"; "" for the root.
std::string path_of(const CLI::App& command);

}  // namespace outlay::app
