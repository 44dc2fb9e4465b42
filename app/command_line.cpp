// The command line. Every option can also be set by its OUTLAY_* variable; the option wins.
#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/roles.hpp"
#include "platform/log.hpp"

namespace outlay::app {

namespace {

void add_log_options(CLI::App& command, Settings& settings) {
    command.add_option("--log-level", settings.log_level, "debug, info, warning or error")
        ->envname("OUTLAY_LOG_LEVEL")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
    command.add_flag("--log-text", settings.log_text, "Log for a terminal instead of JSON")
        ->envname("OUTLAY_LOG_TEXT");
}

void add_admin_option(CLI::App& command, Settings& settings) {
    command
        .add_option("--admin", settings.admin,
                    "HOST:PORT of /livez and /readyz, or off (default: one above the main port)")
        ->envname("OUTLAY_ADMIN");
}

void add_http_options(CLI::App& command, Settings& settings) {
    command.add_option("--listen", settings.listen, "HOST:PORT to serve on")
        ->envname("OUTLAY_LISTEN")
        ->capture_default_str();
    command.add_option("--io-threads", settings.io_threads, "Threads that serve connections")
        ->envname("OUTLAY_IO_THREADS")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    command
        .add_option("--stream-heartbeat", settings.stream_heartbeat_s,
                    "Seconds after which a stream without news sends a comment")
        ->envname("OUTLAY_STREAM_HEARTBEAT")
        ->check(CLI::Range(1, 15))
        ->capture_default_str();
    add_admin_option(command, settings);
    add_log_options(command, settings);
}

void add_root_secret_option(CLI::App& command, Settings& settings) {
    command
        .add_option("--root-secret-file", settings.root_secret_file,
                    "File of the root secret, the same on every node; made if it does not exist")
        ->envname("OUTLAY_ROOT_SECRET_FILE");
}

void add_channel_key_option(CLI::App& command, Settings& settings) {
    command
        .add_option("--channel-key-file", settings.channel_key_file,
                    "Keys that seal the secrets of channels, the same on every node (default: "
                    "derived from the root secret); OUTLAY_CHANNEL_KEY goes before it")
        ->envname("OUTLAY_CHANNEL_KEY_FILE");
}

// What goes out to servers of other people, and what opens their addresses.
void add_outside_options(CLI::App& command, Settings& settings) {
    command
        .add_option("--egress-allow", settings.egress_allow,
                    "Ranges that channels may call although they are not public: 10.0.0.0/8,...")
        ->envname("OUTLAY_EGRESS_ALLOW");
    command.add_flag("--egress-http", settings.egress_http, "Channels may call plain http")
        ->envname("OUTLAY_EGRESS_HTTP");
    command
        .add_option("--egress-ca-file", settings.egress_ca_file,
                    "Certificate authorities of channels (PEM) instead of the system's")
        ->envname("OUTLAY_EGRESS_CA_FILE");
    add_channel_key_option(command, settings);
    command
        .add_option("--smtp-url", settings.smtp_url,
                    "Server that takes mail: smtp://user:password@host:587 or smtps://host:465 "
                    "(better by the environment)")
        ->envname("OUTLAY_SMTP_URL");
    command.add_option("--smtp-from", settings.smtp_from, "Address that mail comes from")
        ->envname("OUTLAY_SMTP_FROM");
    command.add_flag("--smtp-plain", settings.smtp_plain, "Send mail also without TLS")
        ->envname("OUTLAY_SMTP_PLAIN");
    command
        .add_option("--public-url", settings.public_url,
                    "Address of the API as people reach it, for links in mails")
        ->envname("OUTLAY_PUBLIC_URL");
}

void add_data_option(CLI::App& command, Settings& settings) {
    command
        .add_option("--data", settings.data_dir,
                    "Folder of the embedded installation; made if missing")
        ->envname("OUTLAY_DATA")
        ->capture_default_str();
}

void add_serving(CLI::App& app, Commands& commands) {
    const auto embedded =
        add_command(app, commands, "serve", "Run everything in one process on SQLite files", serve);
    add_data_option(embedded.app, embedded.settings);
    add_http_options(embedded.app, embedded.settings);
    add_outside_options(embedded.app, embedded.settings);

    const auto api =
        add_command(app, commands, "api", "Run the HTTP front on Kafka and PostgreSQL", run_api);
    add_http_options(api.app, api.settings);
    add_kafka_options(api.app, api.settings);
    add_postgres_option(api.app, api.settings);
    add_root_secret_option(api.app, api.settings);
    add_outside_options(api.app, api.settings);

    const auto worker =
        add_command(app, commands, "worker",
                    "Run a projector and a notifier on Kafka and PostgreSQL", run_worker);
    add_kafka_options(worker.app, worker.settings);
    add_postgres_option(worker.app, worker.settings);
    add_root_secret_option(worker.app, worker.settings);
    add_outside_options(worker.app, worker.settings);
    worker.app.add_option("--group", worker.settings.group, "Consumer group of all workers")
        ->envname("OUTLAY_GROUP")
        ->capture_default_str();
    worker.app
        .add_option(
            "--instance", worker.settings.instance,
            "Name of this worker in the group; a restart under the same name keeps its partitions")
        ->envname("OUTLAY_INSTANCE");
    add_admin_option(worker.app, worker.settings);
    add_log_options(worker.app, worker.settings);
}

void add_topic_options(const Command& command) {
    add_kafka_options(command.app, command.settings);
    command.app
        .add_option("--partitions", command.settings.kafka_partitions,
                    "Partitions; never changed later")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    command.app
        .add_option("--replicas", command.settings.kafka_replicas, "Replicas of each partition")
        ->capture_default_str();
    command.app.add_flag("--flush", command.settings.flush_each_message,
                         "Flush every message to disk (survives a power cut on one broker)");
}

void add_setup(CLI::App& app, Commands& commands) {
    const auto migration =
        add_command(app, commands, "migrate",
                    "Bring the PostgreSQL schema up to date; makes the first owner key", migrate);
    add_postgres_option(migration.app, migration.settings);
    add_root_secret_option(migration.app, migration.settings);
    migration.app.add_option(
        "--owner-key-file", migration.settings.owner_key_file,
        "Where to write the first owner's key (mode 0600); else it is printed");
    add_log_options(migration.app, migration.settings);

    auto* topics = app.add_subcommand("topics", "Make or check the journal's Kafka topic")
                       ->require_subcommand(1);
    add_topic_options(add_command(*topics, commands, "apply",
                                  "Make the topic if it does not exist, then check it",
                                  topics_apply));
    add_topic_options(add_command(*topics, commands, "check",
                                  "Say what in the topic's settings breaks a promise",
                                  topics_check));
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
    command.app
        .add_option("--throttle", settings.records_per_s,
                    "Project at most so many records a second (default: as fast as it goes)")
        ->check(CLI::NonNegativeNumber);
}

void add_inspection(CLI::App& app, Commands& commands) {
    const auto overview = add_command(app, commands, "status", "Partitions, lag and halts", status);
    add_place_options(overview.app, overview.settings);
    const auto proof = add_command(
        app, commands, "verify",
        "Replay the journal and compare every row; exit 0: identical, 1: not, 3: unknown", verify);
    add_place_options(proof.app, proof.settings);
    proof.app.add_option("--scratch", proof.settings.scratch_dir,
                         "Folder for the replayed rows while they are compared (default: the "
                         "system's for temporary files)");
    proof.app.add_flag("--journal-only", proof.settings.journal_only,
                       "Replay the journal and tell the state that follows from it; no read models "
                       "are needed or looked at");
    proof.app.footer(
        "state_digest is over what users see, and knows neither positions nor journals: it is the "
        "same after a rebuild and after a move.");
    add_rebuild(app, commands);
    add_journal_commands(app, commands);
}

void add_administration(CLI::App& app, Commands& commands) {
    auto* admin = app.add_subcommand("admin", "Look after an installation")->require_subcommand(1);
    const auto keys = add_command(
        *admin, commands, "reseal",
        "Seal the addresses and secrets of channels anew with the first key, beside running "
        "servers; killed, it goes on where it was. Exit 0: no other key is needed, 1: some open "
        "with no key, 3: not finished",
        reseal);
    add_place_options(keys.app, keys.settings);
    add_root_secret_option(keys.app, keys.settings);
    add_channel_key_option(keys.app, keys.settings);
}

void add_development(CLI::App& app, Commands& commands) {
    auto* webhooks =
        app.add_subcommand("webhooks", "Try out what receives webhooks")->require_subcommand(1);
    const auto listening = add_command(
        *webhooks, commands, "listen",
        "Show the messages of a workspace as they come, and forward them, signed like a webhook, "
        "to a program on this machine; Ctrl-C ends it",
        webhooks_listen);
    auto& settings = listening.settings;
    listening.app.add_option("--url", settings.server_url, "Of the server: https://HOST[:PORT]")
        ->required();
    listening.app.add_option("--key-file", settings.key_file, "File with a member's API key")
        ->required();
    listening.app.add_option("--workspace", settings.workspace, "Its id, ws_...")->required();
    listening.app.add_option("--forward", settings.forward_url,
                             "Where to: http://localhost:PORT/PATH");
    settings.log_level = "warning";
}

platform::LogLevel log_level(const std::string& name) {
    if (name == "debug") return platform::LogLevel::debug;
    if (name == "warning") return platform::LogLevel::warning;
    if (name == "error") return platform::LogLevel::error;
    return platform::LogLevel::info;
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App app{
        "Outlay: an event-sourced expense backend.\n"
        "Start with `outlay serve`; every command explains itself with --help."};
    app.set_version_flag("--version", "outlay 0.1.0");
    app.require_subcommand(1);
    Commands commands;
    add_serving(app, commands);
    add_setup(app, commands);
    add_inspection(app, commands);
    add_administration(app, commands);
    add_development(app, commands);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        constexpr int usage = 2;
        return app.exit(error) == 0 ? 0 : usage;
    }
    const auto& settings = *commands.chosen;
    platform::configure_log(log_level(settings.log_level), settings.log_text);
    return commands.role(settings);
}

}  // namespace outlay::app
