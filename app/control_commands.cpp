// The command line of what operators stop and send again: pause, resume, deliveries.
#include "app/commands.hpp"
#include "app/roles.hpp"

namespace outlay::app {

namespace {

void add_pausing(CLI::App& app, Commands& commands, const char* name, const char* what, Role role) {
    const auto command = add_command(app, commands, name, what, role);
    auto& settings = command.settings;
    command.app.add_option("what", settings.what, "commands, projector or deliveries")
        ->required()
        ->check(CLI::IsMember({"commands", "projector", "deliveries"}));
    add_place_options(command.app, settings);
    command.app.add_option("--workspace", settings.workspace,
                           "Of this one, ws_... (commands and deliveries; default: of all)");
    command.app.add_option("--partition", settings.partition, "This one (projector; default: all)")
        ->check(CLI::NonNegativeNumber);
    command.app.add_flag("--dry-run", settings.dry_run, "Say what would be done; change nothing");
    auto* reason = command.app.add_option("--reason", settings.reason,
                                          "Why, for colleagues and for whoever is refused");
    if (std::string_view(name) == "pause") reason->required();
}

void add_delivery_options(const Command& command) {
    auto& [app, settings] = command;
    add_place_options(app, settings);
    app.add_option("--workspace", settings.workspace, "Only of this one, ws_...");
    app.add_option("--channel", settings.channel, "Only of this one, chn_...");
    app.add_option("--since", settings.since,
                   "Only those that were laid out since this time: 2026-11-20T08:15:00Z");
}

void add_deliveries(CLI::App& app, Commands& commands) {
    auto* deliveries = app.add_subcommand("deliveries", "What could not be sent to channels")
                           ->require_subcommand(1);
    const auto dead =
        add_command(*deliveries, commands, "dead",
                    "List deliveries that were given up, the latest first", deliveries_dead);
    add_delivery_options(dead);
    dead.app.add_option("--limit", dead.settings.rows_max, "At most so many")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    dead.app.footer("--json prints one object a line. Exit 0: listed, 1: not possible, 2: usage.");

    const auto again = add_command(*deliveries, commands, "requeue",
                                   "Send deliveries again, as the API's redeliver and recover do",
                                   deliveries_requeue);
    again.app.add_option("ids", again.settings.ids, "These, dlv_..., whatever became of them");
    add_delivery_options(again);
    again.app.add_flag("--dry-run", again.settings.dry_run,
                       "Count what would be sent; change nothing");
    again.app.footer(
        "Without ids: of each channel with dead deliveries all that is dead, or waits for a later "
        "attempt; an endpoint that was given up stays so until its channel is resumed. They keep "
        "their ids, so receivers know them, and go out at the pace that "
        "channels allow. Killed, the same command goes on.\n"
        "  outlay deliveries requeue --channel chn_... --since 2026-11-20T00:00:00Z\n"
        "Exit 0: done, 1: one that was named is unknown, 2: usage, 3: not finished.");
}

}  // namespace

void add_control_commands(CLI::App& app, Commands& commands) {
    add_pausing(app, commands, "pause",
                "The kill-switch: stop changes, projecting or sending until they are resumed",
                pause);
    app.get_subcommand("pause")->footer(
        "  commands: changes of one workspace or of all are answered with 503 `paused` and the "
        "reason; nothing is written, reading goes on, and the same request applies once "
        "afterwards.\n"
        "  projector: nothing is projected; changes are answered with 202 and apply afterwards.\n"
        "  deliveries: nothing is sent to channels; messages are kept and go out afterwards, at "
        "the pace that channels allow.\n"
        "A pause outlives restarts, is noted with your name, and stands in `outlay status`, in "
        "/readyz?verbose and in the 503. Nodes follow within 2 seconds.\n"
        "  outlay pause commands --workspace ws_... --reason 'import went wrong'\n"
        "Exit 0: it is paused, 1: not possible, 2: usage.");
    add_pausing(app, commands, "resume", "End a pause that was made by `outlay pause`", resume);
    app.get_subcommand("resume")->footer(
        "Ends exactly the pause that is named: that of one workspace and that of all are two. "
        "Exit 0: it is not paused (any more), 1: not possible, 2: usage.");
    add_deliveries(app, commands);
}

}  // namespace outlay::app
