// One line of a bulk request: from text to command to result. Confined to the connection's
// executor.
#pragma once

#include <functional>
#include <string>

#include "api/resources/call.hpp"
#include "api/resources/lines.hpp"

namespace outlay::api {

struct BulkRequest {
    std::shared_ptr<Call> call;  // shared by the lines in flight, which outlive the handler
    domain::WorkspaceId workspace;
    std::string request_key;  // "" : none
    bool respond_async = false;
    static constexpr std::chrono::seconds wait_default{30};
    // Until the outcome of a line is visible; then the line answers 202.
    std::chrono::seconds line_wait = wait_default;
};

// The result line, without the line end. `on_append` is called once the next line may start.
platform::Task<std::string> run_line(const BulkRequest& request, Line line,
                                     std::function<void()> on_append);

}  // namespace outlay::api
