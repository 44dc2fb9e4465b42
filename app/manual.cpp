// man(7). A line that begins with a dot or an apostrophe would be a macro, and a backslash an
// escape.
#include "app/manual.hpp"

#include <sstream>

#include "app/command_tree.hpp"
#include "app/settings_table.hpp"

namespace outlay::app {

namespace {

// Text within a line. Hyphens are written so that they can be copied as minus signs.
std::string escaped(const std::string& text) {
    std::string found;
    for (const char letter : text) {
        if (letter == '\\')
            found += "\\e";
        else if (letter == '-')
            found += "\\-";
        else
            found += letter;
    }
    return found;
}

std::string line_of(const std::string& text) {
    const auto line = escaped(text);
    const bool is_macro = line.starts_with('.') || line.starts_with('\'');
    return (is_macro ? "\\&" : "") + line + "\n";
}

std::string bold(const std::string& text) {
    return "\\fB" + escaped(text) + "\\fR";
}

std::string paragraphs(const std::string& text) {
    std::istringstream lines(text);
    std::string found;
    bool is_example = false;
    for (std::string line; std::getline(lines, line);) {
        const bool is_indented = line.starts_with(' ');
        if (is_indented != is_example) found += is_indented ? ".PP\n.nf\n" : ".fi\n.PP\n";
        is_example = is_indented;
        found += line_of(line);
        if (!is_example) found += ".br\n";
    }
    return is_example ? found + ".fi\n" : found;
}

std::string flag_paragraph(const CommandFlag& flag) {
    std::string head;
    for (const auto& name : flag.names) head += (head.empty() ? "" : ", ") + bold(name);
    if (!flag.form.empty() && !flag.is_argument) head += " " + escaped(flag.form);
    auto what = flag.what;
    if (!flag.standard.empty()) what += " (default: " + flag.standard + ")";
    if (flag.is_required) what += " (required)";
    return ".TP\n" + head + "\n" + line_of(what);
}

std::string command_section(const CLI::App& command) {
    std::string text = ".SS \"outlay " + escaped(path_of(command)) + "\"\n";
    text += paragraphs(command.get_description());
    for (const auto& flag : flags_of(command))
        if (flag.names.back() != "--help") text += flag_paragraph(flag);
    const auto footer = command.get_footer();
    return footer.empty() ? text : text + ".PP\n" + paragraphs(footer);
}

std::string settings_section() {
    std::string text =
        ".SH SETTINGS\nA flag goes before its variable, this before the file that\n" +
        bold("--config") + " names. Every value that is secret can stand in a file of its own.\n";
    for (const auto& setting : settings_table()) {
        text += ".TP\n" + bold(variable_of(setting.name));
        if (setting.is_secret()) text += ", " + bold(variable_of(file_name_of(setting)));
        text += "\n" + line_of(std::string(setting.what));
    }
    return text;
}

}  // namespace

std::string manual_page(const CLI::App& root) {
    std::string text =
        ".TH OUTLAY 1 \"\" \"outlay 0.1.0\" \"Outlay\"\n"
        ".SH NAME\noutlay \\- an event\\-sourced expense backend\n"
        ".SH SYNOPSIS\n\\fBoutlay\\fR COMMAND [FLAGS]\n"
        ".SH DESCRIPTION\n" +
        paragraphs(root.get_description()) + ".SH COMMANDS\n";
    for (const auto* const command : all_commands(root))
        if (command != &root) text += command_section(*command);
    text += settings_section();
    return text +
           ".SH EXIT STATUS\n.TP\n0\nIt is done, and all is well.\n.TP\n1\nIt is not possible, or "
           "something is wrong; standard error says what.\n.TP\n2\nA flag, variable or file is "
           "wrong.\n.TP\n3\nIt could not be finished, or found out.\n";
}

}  // namespace outlay::app
