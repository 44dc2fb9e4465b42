// The command line of `outlay journal ...`.
#include "app/commands.hpp"
#include "app/roles.hpp"

namespace outlay::app {

namespace {

// Which journal: that of a folder, or the topic of the brokers. No store is needed.
void add_log_options(const Command& command) {
    auto& [app, settings] = command;
    add_settings(app, settings, {SettingGroup::data, SettingGroup::kafka});
    app.add_flag("--json", settings.json, "Machine-readable output");
    settings.log_level = "warning";
}

void add_workspace_option(const Command& command) {
    command.app.add_option("--workspace", command.settings.workspace, "Only this one, ws_...");
}

void add_filter_options(const Command& command) {
    auto& [app, settings] = command;
    add_workspace_option(command);
    app.add_option("--kind", settings.record_kind, "Only records of this kind: commit, close, ...");
    app.add_option("--type", settings.event_type,
                   "Only commits with an event of this type: expense.recorded, or expense. for all "
                   "that begin so");
    app.add_option("--actor", settings.actor, "Only commits of this member (mem_...) or user");
    app.add_option("--command", settings.command, "Only records of this command, cmd_...");
}

void add_range_options(const Command& command) {
    command.app.add_option("--from", command.settings.position,
                           "PARTITION:OFFSET to start at; the other partitions are left out");
    command.app.add_option("--to", command.settings.position_end,
                           "PARTITION:OFFSET before which to end");
}

constexpr auto reading_footer =
    "A line is position, time of appending, key and record, or with --json an object of them. What "
    "is shown was proposed; `outlay journal stats` counts what became a fact.\n"
    "Exit 0: done, 1: the journal cannot be read.";

void add_reading(CLI::App& journal, Commands& commands) {
    const auto tail =
        add_command(journal, commands, "tail", "Print the last records of a journal", journal_tail);
    add_log_options(tail);
    add_filter_options(tail);
    tail.app.add_option("--from", tail.settings.position,
                        "PARTITION:OFFSET to start at (default: the last 20 of each partition)");
    tail.app.add_flag("--follow,-f", tail.settings.follow, "Go on as records arrive");
    tail.app.footer(reading_footer);

    const auto cat =
        add_command(journal, commands, "cat", "Print a journal, or a part of it", journal_cat);
    add_log_options(cat);
    add_filter_options(cat);
    add_range_options(cat);
    cat.app.footer(reading_footer);

    const auto grep =
        add_command(journal, commands, "grep",
                    "Print the records in which a regular expression is found", journal_cat);
    grep.app.add_option("pattern", grep.settings.pattern, "ECMAScript regular expression")
        ->required();
    add_log_options(grep);
    add_filter_options(grep);
    add_range_options(grep);
    grep.app.footer(reading_footer);
}

void add_judging(CLI::App& journal, Commands& commands) {
    const auto stats =
        add_command(journal, commands, "stats", "Count records, verdicts and events of a journal",
                    journal_stats);
    add_log_options(stats);
    add_workspace_option(stats);
    stats.app.footer("Exit 0: counted, 1: the journal cannot be judged to its end.");

    const auto verify = add_command(
        journal, commands, "verify",
        "Walk a journal from its first record: format, hash chains and admission; name the first "
        "bad position",
        journal_verify);
    add_log_options(verify);
    add_settings(verify.app, verify.settings, {SettingGroup::postgres});
    verify.app.footer(
        "Where there is a store (store.db, or --postgres-url), the journal is also compared with "
        "what was projected from it, record by record.\n"
        "Exit 0: all is well, 1: a position is bad, 3: it could not be read to the end.");
}

void add_skip(CLI::App& journal, Commands& commands) {
    const auto command = add_command(
        journal, commands, "skip",
        "Name a record that halts its partition, so that every reader passes over it for good",
        journal_skip);
    auto& settings = command.settings;
    command.app
        .add_option("position", settings.position, "PARTITION:OFFSET of the record that halts")
        ->required();
    command.app
        .add_option("--hash", settings.record_hash, "Its hash, as `outlay status` prints it")
        ->required();
    command.app.add_option("--reason", settings.reason, "Why; it stays in the journal")->required();
    add_place_options(command.app, settings);
    command.app.add_flag("--dry-run", settings.dry_run,
                         "Say what would not be applied; change nothing");
    command.app.footer(
        "Clears a halt of cause version or head at that record and nothing else, and is refused "
        "where the partition does not stand still there. What the record proposed is never "
        "applied; a version that an upgrade would understand is better upgraded to. An embedded "
        "server has to be stopped for it.\n"
        "  outlay status\n"
        "  outlay journal skip 3:1042 --hash 9f86... --reason 'written by a lost branch' "
        "--dry-run\n"
        "Exit 0: it is named, 1: refused, nothing was changed, 2: usage, 3: not known; run it "
        "again.");
}

void add_export(CLI::App& journal, Commands& commands) {
    const auto command = add_command(journal, commands, "export",
                                     "Write the facts of a journal, or of one workspace, into a "
                                     "file; what is exported is sealed "
                                     "first, so that it can go on elsewhere",
                                     journal_export);
    add_log_options(command);
    add_settings(command.app, command.settings, {SettingGroup::postgres});
    add_workspace_option(command);
    command.app.add_option("-o,--output", command.settings.file, "The file; it must not exist yet")
        ->type_name("FILE");
    command.app.add_flag("--unsealed", command.settings.unsealed,
                         "A backup of a journal that goes on, also beside a running server");
    command.app
        .add_flag("--from-store", command.settings.from_store,
                  "What the store keeps of a journal that is lost, or older than the store")
        ->excludes("--unsealed");
    command.app.add_flag("--dry-run", command.settings.dry_run,
                         "Say what would be written; change nothing");
    command.app.footer(
        "After a seal nothing becomes a fact in this journal any more, for good: writes are "
        "answered "
        "with 503 journal_sealed, reading goes on. The file is gzip over lines of JSON (zcat shows "
        "it), and every line is bound to all before it.\n"
        "  outlay journal export --data ./data -o moved.gz\n"
        "  outlay journal export --data ./data --workspace ws_... -o household.gz\n"
        "  outlay journal export --data ./data --unsealed -o backup.gz\n"
        "  outlay journal export --data ./data --from-store -o saved.gz\n"
        "Killed, it leaves no file; run it again. Exit 0: written, 1: not possible, 3: not "
        "finished.");
}

void add_adopt(CLI::App& journal, Commands& commands) {
    const auto command = add_command(journal, commands, "adopt",
                                     "Make a store follow another journal than before: after its "
                                     "own was lost and imported anew",
                                     journal_adopt);
    add_log_options(command);
    add_settings(command.app, command.settings, {SettingGroup::postgres});
    command.app.add_flag("--dry-run", command.settings.dry_run,
                         "Say what would be done; change nothing");
    command.app.footer(
        "End every node first. Read models are dropped and made anew from the journal, as soon as "
        "a "
        "worker or the embedded server runs; people, keys, secrets of channels and messages stay, "
        "and nobody is told of anything twice.\n"
        "  outlay journal export --from-store -o saved.gz\n"
        "  outlay topics apply --kafka-topic outlay.journal.v2\n"
        "  outlay journal import --kafka-topic outlay.journal.v2 saved.gz\n"
        "  outlay journal adopt --kafka-topic outlay.journal.v2\n"
        "Exit 0: done, or it follows that journal already, 1: not possible.");
}

void add_import(CLI::App& journal, Commands& commands) {
    const auto command =
        add_command(journal, commands, "import",
                    "Make an empty journal of either kind from an export, under a new identity",
                    journal_import);
    add_log_options(command);
    command.app.add_option("file", command.settings.file, "What `outlay journal export` wrote")
        ->type_name("FILE")
        ->required();
    add_settings(command.app, command.settings, {SettingGroup::root_secret});
    command.app.add_flag("--dry-run", command.settings.dry_run,
                         "Check the file and the journal; change nothing");
    command.app.footer(
        "The root secret of the old installation, for the new folder, makes requests that are sent "
        "again known, and the owner stay the same.\n"
        "The whole file is checked before the first record is appended; a damaged one is refused "
        "with the first bad position.\n"
        "  outlay journal import --data ./new --root-secret ./data/root.secret moved.gz\n"
        "  outlay serve --data ./new\n"
        "Killed, the same command goes on where it was. Exit 0: done, 1: refused, nothing was "
        "changed, 3: not finished.");
}

}  // namespace

void add_journal_commands(CLI::App& app, Commands& commands) {
    auto* journal =
        app.add_subcommand("journal", "Look into a journal, prove it, carry it elsewhere")
            ->require_subcommand(1);
    add_reading(*journal, commands);
    add_judging(*journal, commands);
    add_skip(*journal, commands);
    add_export(*journal, commands);
    add_import(*journal, commands);
    add_adopt(*journal, commands);
}

}  // namespace outlay::app
