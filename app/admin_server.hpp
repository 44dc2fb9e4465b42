// The admin address of a role: a second small server for health and metrics. Owner thread.
#pragma once

#include <memory>
#include <vector>

#include "api/server/server.hpp"
#include "app/health.hpp"
#include "app/place.hpp"
#include "app/sampling.hpp"

namespace outlay::app {

class AdminServer {
public:
    // Serves nothing, and looks at nothing, for an empty address.
    static Outcome<std::unique_ptr<AdminServer>> start(const std::optional<Address>& address,
                                                       std::vector<Check> checks, SampledRole role);
    explicit AdminServer(std::vector<Check> checks) : health_(std::move(checks)) {}

private:
    Health health_;
    std::unique_ptr<Sampling> sampling_;
    std::unique_ptr<api::Server> server_;
};

}  // namespace outlay::app
