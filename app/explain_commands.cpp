// The command line of what explains: `outlay why`, `asof` and `diff`.
#include <memory>

#include "app/commands.hpp"
#include "app/explain.hpp"

namespace outlay::app {

namespace {

using Explain = int (*)(const Settings& settings, const Question& question);

struct Explanation {
    Command command;
    Question& question;  // the command's own
};

Explanation add_explanation(CLI::App& app, Commands& commands, const char* name, const char* what,
                            Explain explain) {
    // Shared, because a role is copied.
    auto question = std::make_shared<Question>();
    auto command = add_command(
        app, commands, name, what,
        [question, explain](const Settings& settings) { return explain(settings, *question); });
    return {command, *question};
}

void add_why(CLI::App& app, Commands& commands) {
    const auto [command, question] = add_explanation(
        app, commands, "why",
        "Tell the whole story of a thing: who, when, from which request, by which rule, what it "
        "changed and what it caused",
        why);
    command.app
        .add_option("ABOUT", question.about,
                    "exp_..., bud_..., chn_..., ws_..., alr_..., cmd_..., msg_..., dlv_..., an "
                    "operation (op_...), or a record by its PARTITION:OFFSET")
        ->required();
    add_place_options(command.app, command.settings);
    command.app.footer(
        "Of a refused try it says by which rule it lost, and against which record. What a rule of "
        "the domain refused (422) was never appended: its answer said why, and nothing is known of "
        "it here.\n"
        "It looks at the store and reads the journal; servers go on, nothing is changed.\n"
        "Exit 0: told, 1: nothing is known of it, 2: usage, 3: store or journal cannot be read.");
}

void add_asof(CLI::App& app, Commands& commands) {
    const auto [command, question] =
        add_explanation(app, commands, "asof",
                        "Tell what was known at a moment: an expense, the periods of "
                        "a budget, or the spending report",
                        asof);
    auto& [tool, settings] = command;
    tool.add_option("WHEN", question.when,
                    "PARTITION:OFFSET of the last record that counts, or an instant: all that was "
                    "appended by then")
        ->required();
    tool.add_option("WHAT", question.subject, "expense, budget or report")
        ->required()
        ->check(CLI::IsMember({"expense", "budget", "report"}));
    tool.add_option("ID", question.about, "Of the expense or the budget");
    tool.add_option("--workspace", settings.workspace,
                    "Of a report, ws_...; not needed where there is only one");
    tool.add_option("--group-by", question.group_by,
                    "Of a report: day, week or month, category and member, or merchant, or tag; "
                    "comma-separated");
    tool.add_option("--from", question.day_from, "First day of a report or of periods");
    tool.add_option("--to", question.day_to, "Last day, inclusive");
    tool.add_option("--scratch", settings.scratch_dir,
                    "Folder for the rows of that time while they are looked at (default: the "
                    "system's for temporary files)");
    add_place_options(tool, settings);
    tool.footer(
        "The answer is exact, and the same as the API's with as_of=. Rows of that time are made "
        "from the workspace's commits by the same projections, in a scratch file; live tables are "
        "only read. Today is the day of that moment where the workspace is.\n"
        "Exit 0: told, 1: there was no such thing or no such moment, 2: usage, 3: not told.");
}

void add_diff(CLI::App& app, Commands& commands) {
    const auto [command, question] = add_explanation(
        app, commands, "diff",
        "Tell what changed between two moments of a workspace, or two versions of one thing", diff);
    auto& [tool, settings] = command;
    tool.add_option("A", question.before,
                    "Before: PARTITION:OFFSET, an instant, or a version of the thing")
        ->required();
    tool.add_option("B", question.after, "After: the same")->required();
    tool.add_option("ID", question.about,
                    "exp_..., bud_..., chn_... or ws_...; without it all that changed");
    tool.add_option("--workspace", settings.workspace,
                    "ws_..., without an ID; not needed where there is only one");
    tool.add_option("--limit", question.rows_max, "Show at most so many things; 0: all")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    add_place_options(tool, settings);
    tool.footer(
        "Version 0 is before a thing was there. A position stands for itself and all before it. "
        "Lists are compared as a whole.\n"
        "Exit 0: told, 1: there is no such thing, version or moment, 2: usage, 3: not told.");
}

}  // namespace

void add_explanations(CLI::App& app, Commands& commands) {
    add_why(app, commands);
    add_asof(app, commands);
    add_diff(app, commands);
}

}  // namespace outlay::app
