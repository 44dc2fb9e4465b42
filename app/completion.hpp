// Scripts by which shells complete commands and flags. Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace outlay::app {

std::string completion_for_bash(const CLI::App& root);
std::string completion_for_zsh(const CLI::App& root);
std::string completion_for_fish(const CLI::App& root);

}  // namespace outlay::app
