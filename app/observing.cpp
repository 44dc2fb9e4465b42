// Reads the variables and starts the exporter.
#include "app/observing.hpp"

#include <cstdlib>

#include "app/trace_settings.hpp"
#include "app/version.hpp"
#include "platform/curl/http_client.hpp"
#include "platform/log.hpp"
#include "platform/log_identity.hpp"

namespace outlay::app {

namespace {

std::optional<std::string> variable(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

platform::EgressPolicy everywhere() {
    platform::EgressPolicy policy;
    policy.http = true;
    for (const auto* const range : {"0.0.0.0/0", "::/0"}) {
        if (const auto parsed = platform::AddressRange::parse(range))
            policy.allowed.push_back(*parsed);
    }
    return policy;
}

}  // namespace

Observing::Observing(std::string_view role, const Settings& settings) {
    platform::identify_log({std::string(role), std::string(version)});
    auto traces = trace_settings(variable);
    if (!traces) return;
    for (const auto& complaint : traces->complaints)
        platform::log(platform::LogLevel::warning, "a variable is left aside",
                      {{"detail", complaint}});
    auto& resource = traces->exporter.resource;
    resource.scope_version = version;
    resource.attributes.emplace_back("service.version", version);
    resource.attributes.emplace_back("outlay.role", role);
    const bool is_embedded = role == "serve";
    resource.messaging = {
        {"messaging.system", is_embedded ? "sqlite" : "kafka"},
        {"messaging.destination.name", is_embedded ? "journal.db" : settings.kafka_topic},
        {"db.system.name", is_embedded ? "sqlite" : "postgresql"}};
    egress_ = std::make_unique<platform::Egress>(everywhere(), network_);
    curl::ClientOptions options;
    options.timeout = traces->timeout;
    options.user_agent = "Outlay/" + std::string(version);
    options.trusted_file = traces->trusted_file;
    client_ = curl::make_client(*egress_, options);
    exporter_ = std::make_unique<platform::SpanExporter>(*client_, std::move(traces->exporter));
}

}  // namespace outlay::app
