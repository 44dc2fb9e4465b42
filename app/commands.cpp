// Shared options. Every one can also be set by its OUTLAY_* variable; the option wins.
#include "app/commands.hpp"

namespace outlay::app {

Command add_command(CLI::App& parent, Commands& commands, const char* name, const char* what,
                    Role role) {
    auto* command = parent.add_subcommand(name, what);
    auto& settings = commands.settings.emplace_back();
    command->callback([&commands, &settings, role] {
        commands.role = role;
        commands.chosen = &settings;
    });
    return {*command, settings};
}

void add_kafka_options(CLI::App& command, Settings& settings) {
    command
        .add_option("--kafka-brokers", settings.kafka_brokers,
                    "HOST:PORT[,...] of the Kafka brokers")
        ->envname("OUTLAY_KAFKA_BROKERS");
    command.add_option("--kafka-topic", settings.kafka_topic, "Topic of the journal")
        ->envname("OUTLAY_KAFKA_TOPIC")
        ->capture_default_str();
}

void add_postgres_option(CLI::App& command, Settings& settings) {
    command
        .add_option("--postgres-url", settings.postgres_url, "postgresql://USER@HOST:PORT/DATABASE")
        ->envname("OUTLAY_POSTGRES_URL");
}

void add_place_options(CLI::App& command, Settings& settings) {
    command.add_option("--data", settings.tool_data_dir, "Folder of an embedded installation")
        ->envname("OUTLAY_DATA");
    add_kafka_options(command, settings);
    add_postgres_option(command, settings);
    command.add_flag("--json", settings.json, "Machine-readable output");
    settings.log_level = "warning";  // what goes well is for the output to tell
}

}  // namespace outlay::app
