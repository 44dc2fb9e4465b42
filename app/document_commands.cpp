// The command line of what the binary tells of its commands: completion and the manual.
#include <iostream>

#include "app/commands.hpp"
#include "app/completion.hpp"
#include "app/manual.hpp"

namespace outlay::app {

namespace {

// What the tree of commands tells of itself; settings have no part in it.
void add_text(CLI::App& parent, Commands& commands, const char* name, const char* what,
              const std::function<std::string()>& text) {
    const auto command = add_command(parent, commands, name, what, [text](const Settings&) {
        std::cout << text();
        return 0;
    });
    commands.finding_tellers.insert(&command.app);
}

}  // namespace

void add_document_commands(CLI::App& app, Commands& commands) {
    auto* completion =
        app.add_subcommand("completion", "Print what makes a shell complete commands and flags")
            ->require_subcommand(1);
    add_text(*completion, commands, "bash", "source <(outlay completion bash)",
             [&app] { return completion_for_bash(app); });
    add_text(*completion, commands, "zsh", "outlay completion zsh > \"${fpath[1]}/_outlay\"",
             [&app] { return completion_for_zsh(app); });
    add_text(*completion, commands, "fish", "outlay completion fish | source",
             [&app] { return completion_for_fish(app); });
    add_text(app, commands, "man", "Print the manual page: outlay man | man -l -",
             [&app] { return manual_page(app); });
}

}  // namespace outlay::app
