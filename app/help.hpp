// The text of --help: a flag a paragraph, as wide as a terminal. Any thread.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace outlay::app {

class HelpText final : public CLI::FormatterBase {
public:
    std::string make_help(const CLI::App* command, std::string name,
                          CLI::AppFormatMode mode) const override;
};

}  // namespace outlay::app
