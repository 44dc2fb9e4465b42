// Settings that belong together, and the first words with a broker.
#include "app/kafka_access.hpp"

#include <thread>

#include "platform/kafka/reach.hpp"
#include "platform/log.hpp"

namespace outlay::app {

namespace {

constexpr std::chrono::seconds reach_slice{5};
constexpr std::chrono::seconds reach_pause{1};

// "" if they fit together.
std::string missing_part(const kafka::ClientOptions& client) {
    const auto& [is_on, ca_file, certificate_file, key_file] = client.tls;
    if (certificate_file.empty() != key_file.empty())
        return "OUTLAY_KAFKA_CERT_FILE and OUTLAY_KAFKA_KEY_FILE come together";
    const auto& [mechanism, user, password] = client.login;
    if (mechanism.empty() && user.empty() && password.empty()) return "";
    if (mechanism.empty() || user.empty() || password.empty()) {
        return "to log in to Kafka takes OUTLAY_KAFKA_SASL_MECHANISM, OUTLAY_KAFKA_SASL_USERNAME "
               "and OUTLAY_KAFKA_SASL_PASSWORD";
    }
    if (mechanism == "PLAIN" && !is_on)
        return "PLAIN sends the password as it is, so it needs TLS: set OUTLAY_KAFKA_TLS or "
               "OUTLAY_KAFKA_CA_FILE";
    return "";
}

}  // namespace

Outcome<kafka::ClientOptions> kafka_access(const Settings& settings) {
    if (settings.kafka_brokers.empty())
        return domain::Fail{std::string("no Kafka: set --kafka-brokers or OUTLAY_KAFKA_BROKERS")};
    kafka::ClientOptions client;
    client.brokers = settings.kafka_brokers;
    client.tls = {.is_on = settings.kafka_tls || !settings.kafka_ca_file.empty() ||
                           !settings.kafka_cert_file.empty(),
                  .ca_file = settings.kafka_ca_file,
                  .certificate_file = settings.kafka_cert_file,
                  .key_file = settings.kafka_key_file};
    client.login = {.mechanism = settings.kafka_sasl_mechanism,
                    .user = settings.kafka_sasl_username,
                    .password = settings.kafka_sasl_password};
    auto missing = missing_part(client);
    if (!missing.empty()) return domain::Fail{std::move(missing)};
    return client;
}

domain::Status<std::string> reach_kafka(const kafka::ClientOptions& client,
                                        std::chrono::seconds patience) {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const auto answer = kafka::reach(client, std::chrono::steady_clock::now() + reach_slice);
        if (answer.reach == kafka::Reach::reached) return domain::Done{};
        const bool is_late = std::chrono::steady_clock::now() >= give_up;
        if (answer.reach == kafka::Reach::refused || is_late)
            return domain::Fail{"Kafka at " + client.brokers + ": " + answer.detail};
        platform::log(platform::LogLevel::warning, "waiting for Kafka", {{"error", answer.detail}});
        std::this_thread::sleep_for(reach_pause);
    }
}

}  // namespace outlay::app
