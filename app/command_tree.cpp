// Walks over the tree.
#include "app/command_tree.hpp"

namespace outlay::app {

namespace {

void collect(const CLI::App& command, std::vector<const CLI::App*>& found) {
    const auto below = command.get_subcommands(std::function<bool(const CLI::App*)>{});
    if (below.empty()) found.push_back(&command);
    for (const auto* const one : below) collect(*one, found);
}

}  // namespace

std::vector<const CLI::App*> runnable_commands(const CLI::App& root) {
    std::vector<const CLI::App*> found;
    collect(root, found);
    return found;
}

std::string path_of(const CLI::App& command) {
    const auto* const parent = command.get_parent();
    if (parent == nullptr) return "";
    const auto above = path_of(*parent);
    return above.empty() ? command.get_name() : above + " " + command.get_name();
}

}  // namespace outlay::app
