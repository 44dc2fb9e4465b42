// The command line of the tools that compare read models with the journal and make them anew.
#include "app/commands.hpp"
#include "app/roles.hpp"
#include "domain/values/ids.hpp"
#include "journal/position.hpp"
#include "workers/projection.hpp"

namespace outlay::app {

namespace {

CLI::Option* add_workspace_option(const Command& command, const char* what) {
    const auto is_id = [](const std::string& text) {
        return domain::WorkspaceId::parse(text) ? std::string() : "\"" + text + "\" is no ws_...";
    };
    return command.app.add_option("--workspace", command.settings.workspace, what)
        ->check(CLI::Validator(is_id, "ws_..."));
}

void add_throttle_option(const Command& command) {
    command.app
        .add_option("--throttle", command.settings.records_per_s,
                    "Replay at most so many records a second (default: as fast as it goes)")
        ->check(CLI::NonNegativeNumber);
}

CLI::Option* add_end_option(const Command& command, const char* what) {
    const auto is_position = [](const std::string& text) {
        return journal::Position::parse(text) ? std::string()
                                              : "\"" + text + "\" is no PARTITION:OFFSET";
    };
    return command.app.add_option("--to", command.settings.position_end, what)
        ->check(CLI::Validator(is_position, "PARTITION:OFFSET"));
}

void add_verify(CLI::App& app, Commands& commands) {
    const auto command = add_command(
        app, commands, "verify",
        "Replay the journal and compare every row; exit 0: identical, 1: not, 3: unknown", verify);
    add_place_options(command.app, command.settings);
    add_settings(command.app, command.settings, {SettingGroup::scratch});
    add_throttle_option(command);
    auto* const workspace = add_workspace_option(
        command, "Only the rows of this one, ws_...; only its partition is replayed");
    auto* const projection =
        command.app
            .add_option("--projection", command.settings.projection,
                        "Only the tables of this one; all of the journal is replayed for it")
            ->check(CLI::IsMember(workers::projection_names()));
    auto* const alone =
        command.app
            .add_flag("--journal-only", command.settings.journal_only,
                      "Replay the journal and tell the state that follows from it; no read models "
                      "are needed or looked at")
            ->excludes(workspace)
            ->excludes(projection);
    add_end_option(command,
                   "With --journal-only: the state before this position, of its partition alone")
        ->needs(alone);
    command.app.footer(
        "state_digest is over what users see, and knows neither positions nor journals: it is the "
        "same after a rebuild and after a move.\n"
        "`outlay repair` mends rows that differ.");
}

void add_rebuild(CLI::App& app, Commands& commands) {
    const auto command = add_command(
        app, commands, "rebuild",
        "Make the read models anew from the journal beside the live ones, compare every row and "
        "put them in their place; killed, it goes on where it was. Exit 0: done, 1: rows differ "
        "and nothing was switched, 3: not finished",
        rebuild);
    auto& settings = command.settings;
    add_place_options(command.app, settings);
    auto* rollback = command.app.add_flag("--rollback", settings.rollback,
                                          "Return to the read models from before the last rebuild");
    command.app
        .add_flag("--restart", settings.restart,
                  "Drop what an earlier rebuild did not finish, and begin anew")
        ->excludes(rollback);
    command.app
        .add_flag("--accept-difference", settings.accept_difference,
                  "Switch also when rows differ: after a repair or with a new projection")
        ->excludes(rollback);
    auto* aside = command.app
                      .add_flag("--aside", settings.aside,
                                "Make a generation for a look: it is compared and kept, and never "
                                "takes the place of the live one")
                      ->excludes(rollback);
    command.app.add_flag("--drop", settings.drop, "With --aside: drop that generation")
        ->needs(aside);
    add_end_option(
        command,
        "With --aside: no further than this position, of its partition alone; nothing is "
        "compared")
        ->needs(aside);
    add_workspace_option(command, "Only the rows of this one, in place: what `outlay repair` does")
        ->excludes(rollback)
        ->excludes(aside);
    add_throttle_option(command);
}

void add_repair(CLI::App& app, Commands& commands) {
    const auto command = add_command(
        app, commands, "repair",
        "Put the rows of one workspace back to what follows from the journal, beside running "
        "servers; killed, it can be run again. Exit 0: every row follows from the journal, 1: rows "
        "differ (--dry-run), 3: not finished",
        repair);
    add_place_options(command.app, command.settings);
    add_workspace_option(command, "Whose rows, ws_...")->required();
    command.app.add_flag("--dry-run", command.settings.dry_run,
                         "Name the rows that differ, and change nothing");
    add_settings(command.app, command.settings, {SettingGroup::scratch});
    add_throttle_option(command);
    command.app.footer(
        "The partition of the workspace is replayed into a scratch store; rows that differ are "
        "replaced in one transaction, which the audit of operators tells. Nobody is notified.");
}

}  // namespace

void add_read_model_commands(CLI::App& app, Commands& commands) {
    add_verify(app, commands);
    add_repair(app, commands);
    add_rebuild(app, commands);
}

}  // namespace outlay::app
