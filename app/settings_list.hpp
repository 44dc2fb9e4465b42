// The table of settings as people read it: for terminals, programs, and docs/settings.md. Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace outlay::app {

// `root` tells which commands have a setting.
std::string settings_as_text(const CLI::App& root);
std::string settings_as_json(const CLI::App& root);
std::string settings_as_markdown(const CLI::App& root);

}  // namespace outlay::app
