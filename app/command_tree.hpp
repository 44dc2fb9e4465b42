// The tree of commands as data: for the manual, completion and the list of settings. Any thread.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace outlay::app {

// The commands that can be run, in the order in which help names them.
std::vector<const CLI::App*> runnable_commands(const CLI::App& root);
// "journal cat"; "" for the root.
std::string path_of(const CLI::App& command);

}  // namespace outlay::app
