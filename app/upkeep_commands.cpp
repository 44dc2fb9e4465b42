// The command line of what sets an installation up, looks after its owner, and tries it out.
#include "app/commands.hpp"
#include "app/roles.hpp"

namespace outlay::app {

namespace {

using enum SettingGroup;

void add_migration_settings(const Command& command) {
    add_settings(command.app, command.settings, {data, postgres, root_secret, log});
    command.app
        .add_option("--owner-key-file", command.settings.owner_key_file,
                    "Where to write the first owner's key (mode 0600); else it is printed")
        ->type_name("FILE");
}

constexpr auto migration_footer =
    "One migration of a store runs at a time; another one waits for it. Each step is applied whole "
    "or not at all: killed, the same command goes on. Programs of the version before go on beside "
    "the new schema, so: first migrate, then restart workers, then the others.\n"
    "Exit 0: done, 1: not possible.";

void add_migrate(CLI::App& app, Commands& commands) {
    const auto all = add_command(
        app, commands, "migrate",
        "Bring the schema of a store up to date; on PostgreSQL makes the first owner key", migrate);
    add_migration_settings(all);
    all.app.footer(migration_footer);
    const auto up = add_command(all.app, commands, "up", "The same as `outlay migrate`", migrate);
    add_migration_settings(up);
    up.app.footer(migration_footer);

    const auto status = add_command(all.app, commands, "status",
                                    "Say what was applied and what is missing", migrate_status);
    add_settings(status.app, status.settings, {data, postgres});
    status.app.add_flag("--json", status.settings.json, "Machine-readable output");
    status.app.footer("Exit 0: nothing is missing, 1: something is, 3: it cannot be read.");

    const auto verify = add_command(
        all.app, commands, "verify",
        "Compare what was applied with what this program would apply, by checksum", migrate_verify);
    add_settings(verify.app, verify.settings, {data, postgres});
    verify.app.add_flag("--json", verify.settings.json, "Machine-readable output");
    verify.app.footer("Exit 0: it is the same, 1: it is not, 3: it cannot be read.");
}

void add_owner(CLI::App& admin, Commands& commands) {
    const auto more = add_command(
        admin, commands, "owner-key",
        "Make one more key of the installation's owner, or list those there are", owner_keys);
    const auto recovery = add_command(
        admin, commands, "recover",
        "Make a new key of the owner, and end all others: for a key that is lost or was seen",
        recover_owner);
    for (const auto& command : {more, recovery}) {
        add_settings(command.app, command.settings, {data, postgres, root_secret});
        command.app.add_option(
            "--owner-key-file", command.settings.owner_key_file,
            "Where to write the key (mode 0600); else it is printed, and that of "
            "a folder's recovery replaces its owner.key");
        command.app.add_flag("--json", command.settings.json, "Machine-readable output");
    }
    more.app.add_flag("--list", more.settings.list, "Only list them; keys themselves are not kept");
    recovery.app.add_flag("--dry-run", recovery.settings.dry_run,
                          "Say which keys would end; change nothing");
    more.app.footer("Runs beside servers. Exit 0: done, 1: not possible.");
    recovery.app.footer(
        "Runs beside servers; they refuse the other keys within 5 seconds. Exit 0: done, 1: not "
        "possible.");
}

void add_admin(CLI::App& app, Commands& commands) {
    auto* admin = app.add_subcommand("admin", "Look after an installation")->require_subcommand(1);
    add_owner(*admin, commands);
    const auto keys = add_command(
        *admin, commands, "reseal",
        "Seal the addresses and secrets of channels anew with the first key, beside running "
        "servers; killed, it goes on where it was. Exit 0: no other key is needed, 1: some open "
        "with no key, 3: not finished",
        reseal);
    add_place_options(keys.app, keys.settings);
    add_settings(keys.app, keys.settings, {root_secret, sealing});
}

void add_smoke(CLI::App& app, Commands& commands) {
    const auto command = add_command(
        app, commands, "smoke",
        "Try a running installation out: record an expense, wait, read, compare, void it", smoke);
    auto& settings = command.settings;
    command.app.add_option("--url", settings.server_url, "Of the server: https://HOST[:PORT]")
        ->required();
    command.app
        .add_option("--key-file", settings.key_file,
                    "File with the owner's API key, or with that of a member of --workspace")
        ->type_name("FILE")
        ->required();
    command.app.add_option("--workspace", settings.workspace,
                           "Its id, ws_... (default: one of its own, made at the first time)");
    command.app
        .add_option("--ca-file", settings.server_ca_file,
                    "Certificate authorities of the server (PEM) instead of the system's")
        ->type_name("FILE");
    command.app.add_option("--timeout", settings.timeout_s, "Seconds for all of it")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    command.app.add_flag("--json", settings.json, "Machine-readable output");
    settings.log_level = "warning";
    command.app.footer(
        "The expense ends voided, so sums stay what they were. Interrupted, it may stay recorded, "
        "by "
        "the merchant \"outlay smoke ...\".\n"
        "Exit 0: the installation works, 1: it does not, 3: it does not answer in time.");
}

}  // namespace

void add_upkeep_commands(CLI::App& app, Commands& commands) {
    add_migrate(app, commands);
    add_admin(app, commands);
    add_smoke(app, commands);
}

}  // namespace outlay::app
