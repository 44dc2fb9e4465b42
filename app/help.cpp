// Usage, explanation, flags, commands below, and what the footer teaches.
#include "app/help.hpp"

#include <sstream>

#include "app/command_tree.hpp"

namespace outlay::app {

namespace {

constexpr std::size_t columns = 96;
constexpr std::size_t indent = 6;

// Words on lines, each behind `margin` blanks.
std::string wrapped(const std::string& text, std::size_t margin) {
    const std::string blanks(margin, ' ');
    std::istringstream words(text);
    std::string lines;
    std::string line;
    for (std::string word; words >> word;) {
        if (!line.empty() && margin + line.size() + 1 + word.size() > columns) {
            lines += blanks + line + "\n";
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return line.empty() ? lines : lines + blanks + line + "\n";
}

// Examples keep their lines, which begin with blanks.
std::string footer_of(const CLI::App& command) {
    std::istringstream lines(command.get_footer());
    std::string text;
    for (std::string line; std::getline(lines, line);)
        text += line.starts_with(' ') ? line + "\n" : wrapped(line, 0);
    return text;
}

std::string usage_of(const CLI::App& command) {
    const auto path = path_of(command);
    std::string text = "Usage: outlay" + (path.empty() ? "" : " " + path) + " [FLAGS]";
    for (const auto& flag : flags_of(command))
        if (flag.is_argument)
            text += flag.is_required ? " " + flag.names.front() : " [" + flag.names.front() + "]";
    if (!commands_below(command).empty())
        text += command.get_require_subcommand_min() > 0 ? " COMMAND" : " [COMMAND]";
    return text + "\n";
}

}  // namespace

std::string HelpText::make_help(const CLI::App* command, std::string, CLI::AppFormatMode) const {
    auto text = usage_of(*command);
    std::istringstream paragraphs(command->get_description());
    for (std::string paragraph; std::getline(paragraphs, paragraph);) text += wrapped(paragraph, 0);
    text += "\n";
    for (const auto& flag : flags_of(*command)) {
        text += "  " + flag.usage() + (flag.is_required ? " (required)" : "") +
                (flag.standard.empty() ? "" : " (default: " + flag.standard + ")") + "\n" +
                wrapped(flag.what, indent);
    }
    const auto below = commands_below(*command);
    if (!below.empty()) text += "\nCommands:\n";
    for (const auto* const one : below)
        text += "  " + one->get_name() + "\n" + wrapped(one->get_description(), indent);
    const auto footer = footer_of(*command);
    return footer.empty() ? text : text + "\n" + footer;
}

}  // namespace outlay::app
