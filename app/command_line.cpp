// The command line, and what it starts.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands.hpp"
#include "app/help.hpp"
#include "app/log_settings.hpp"
#include "app/roles.hpp"

namespace outlay::app {

namespace {

using enum SettingGroup;

Outcome<Settings> settings_again(const Commands& commands) {
    auto settings = commands.defaults;
    const auto found = resolve_settings(*commands.called, settings, outlay_environment());
    if (found.findings.empty()) return settings;
    std::string all;
    for (const auto& finding : found.findings) all += (all.empty() ? "" : "; ") + finding;
    return domain::Fail{std::move(all)};
}

// For roles that live as long as their settings may change.
Role lasting(const Commands& commands, int (*role)(const Settings&, const ReadAgain&)) {
    return [&commands, role](const Settings& settings) {
        return role(settings, [&commands] { return settings_again(commands); });
    };
}

void add_serving(CLI::App& app, Commands& commands) {
    const auto embedded =
        add_command(app, commands, "serve", "Run everything in one process on SQLite files",
                    lasting(commands, serve));
    embedded.settings.data_dir = "./data";
    add_settings(embedded.app, embedded.settings,
                 {data, serving, ending, admin, log, outside, sealing, reconciling, scratch});

    const auto api = add_command(app, commands, "api", "Run the HTTP front on Kafka and PostgreSQL",
                                 lasting(commands, run_api));
    add_settings(api.app, api.settings,
                 {serving, ending, admin, log, kafka, postgres, root_secret, outside, sealing});

    const auto worker = add_command(app, commands, "worker",
                                    "Run a projector and a notifier on Kafka and PostgreSQL",
                                    lasting(commands, run_worker));
    add_settings(worker.app, worker.settings,
                 {ending, admin, log, kafka, consumer, postgres, root_secret, outside, sealing,
                  reconciling, scratch});
}

void add_topic_options(const Command& command) {
    add_settings(command.app, command.settings, {kafka});
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

void add_topics(CLI::App& app, Commands& commands) {
    auto* topics = app.add_subcommand("topics", "Make or check the journal's Kafka topic")
                       ->require_subcommand(1);
    add_topic_options(add_command(*topics, commands, "apply",
                                  "Make the topic if it does not exist, then check it",
                                  topics_apply));
    add_topic_options(add_command(*topics, commands, "check",
                                  "Say what in the topic's settings breaks a promise",
                                  topics_check));
}

void add_inspection(CLI::App& app, Commands& commands) {
    const auto overview =
        add_command(app, commands, "status",
                    "Journal, partitions, lag, halts with their next step, messages, channels and "
                    "pauses; exit 0: well, 1: a partition is halted, or nobody answers",
                    status);
    add_place_options(overview.app, overview.settings);
    const auto behind = add_command(app, commands, "lag",
                                    "How far the projection is behind, in records and in seconds; "
                                    "exit 0: well, 1: a partition is halted, or nobody answers",
                                    lag);
    add_place_options(behind.app, behind.settings);
    behind.app.add_flag("--watch", behind.settings.watch,
                        "A line each second, until Ctrl-C; with the rate, and how long it takes");
    add_explanations(app, commands);
    add_read_model_commands(app, commands);
    add_journal_commands(app, commands);
    add_control_commands(app, commands);
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
        ->type_name("FILE")
        ->required();
    listening.app.add_option("--workspace", settings.workspace, "Its id, ws_...")->required();
    listening.app.add_option("--forward", settings.forward_url,
                             "Where to: http://localhost:PORT/PATH");
    listening.app.add_option("--secret-file", settings.secret_file,
                             "File with the secret of a channel (whsec_...), to sign as it does; "
                             "unset: a secret that is shown");
    listening.app.add_option("--events", settings.events,
                             "Types or families by comma: alert.*,expense.*; unset: all but "
                             "changes of expenses and budgets");
    settings.log_level = "warning";
}

constexpr int usage = 2;  // exit status

}  // namespace

int run(int argc, char** argv) {
    CLI::App app{
        "Outlay: an event-sourced expense backend.\n"
        "Start with `outlay serve`; every command explains itself with --help.",
        "outlay"};
    app.formatter(std::make_shared<HelpText>());
    app.set_version_flag("--version", "outlay 0.1.0");
    app.require_subcommand(1);
    Commands commands;
    add_serving(app, commands);
    add_upkeep_commands(app, commands);
    add_topics(app, commands);
    add_inspection(app, commands);
    add_config_commands(app, commands);
    add_development(app, commands);
    add_document_commands(app, commands);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : usage;
    }
    auto& settings = *commands.chosen;
    commands.defaults = settings;
    commands.resolution = resolve_settings(*commands.called, settings, outlay_environment());
    const auto& findings = commands.resolution.findings;
    if (!findings.empty() && !commands.finding_tellers.contains(commands.called)) {
        for (const auto& finding : findings) std::cerr << "outlay: " << finding << "\n";
        return usage;
    }
    configure_log(settings);
    return commands.role(settings);
}

}  // namespace outlay::app
