// Health: the admin address of every role. /livez answers while the process lives; /readyz asks the
// role's checks and lists them under ?verbose; /metrics tells what was measured. Unauthenticated,
// never cached. Runs on the admin server's I/O thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/http/front.hpp"

namespace outlay::app {

struct Check {
    std::string name;
    std::function<std::string()> failure;  // "" when well; must not block
    // What people should know of what is well, "" for nothing; must not block.
    std::function<std::string()> remark{};
};

class Health final : public api::Front {
public:
    explicit Health(std::vector<Check> checks) : checks_(std::move(checks)) {}

    platform::Task<std::variant<api::Admitted, api::Response>> admit(
        const api::RequestHead& head, platform::Executor& executor) override;
    platform::Task<api::Response> handle(api::Request request,
                                         std::shared_ptr<void> route_state) override;
    api::Response problem(int status, std::string_view code, std::string_view detail,
                          const std::string& request_id) override;

private:
    api::Response ready(bool verbose) const;
    static api::Response measured(const api::RequestHead& head);
    std::vector<Check> checks_;
};

}  // namespace outlay::app
