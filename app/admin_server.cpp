// One thread, few connections.
#include "app/admin_server.hpp"

namespace outlay::app {

Outcome<std::unique_ptr<AdminServer>> AdminServer::start(const std::optional<Address>& address,
                                                         std::vector<Check> checks,
                                                         SampledRole role) {
    auto admin = std::make_unique<AdminServer>(checks);
    if (!address) return admin;
    api::ServerOptions options;
    options.host = address->host;
    options.port = address->port;
    options.connections_max = 100;
    auto server = api::make_server(options);
    if (!server.ok()) return domain::Fail{"admin address: " + server.error()};
    admin->server_ = std::move(server).value();
    admin->sampling_ = std::make_unique<Sampling>(std::move(role), std::move(checks));
    admin->server_->serve(admin->health_);
    return admin;
}

}  // namespace outlay::app
