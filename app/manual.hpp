// The manual page, in roff: every command with its flags, and the settings. Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace outlay::app {

std::string manual_page(const CLI::App& root);

}  // namespace outlay::app
