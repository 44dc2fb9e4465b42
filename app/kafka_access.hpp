// What the settings say of the way to Kafka: brokers, TLS and login, as the adapter takes them.
#pragma once

#include "app/place.hpp"
#include "app/settings.hpp"
#include "platform/kafka/options.hpp"

namespace outlay::app {

// The error names the setting that is missing.
Outcome<kafka::ClientOptions> kafka_access(const Settings& settings);

// Waits until a broker can be spoken with, at most `patience`. A broker that does not believe us,
// or whom we do not believe, is not waited for. Blocks; any thread.
domain::Status<std::string> reach_kafka(const kafka::ClientOptions& client,
                                        std::chrono::seconds patience);

}  // namespace outlay::app
