// From what became of a command to the HTTP answer. Pure but for sealing; any thread.
#pragma once

#include "api/resources/call.hpp"

namespace outlay::api {

struct CommandAnswer {
    const Call& call;
    const CommandSpec& spec;
    const journal::Command& command;
    const Preferences& preferences;
};
Response response_of(const CommandAnswer& context, const journal::Answer& answer);

// What an operation looks like to a client; `resource` and `problem` are JSON or "null".
struct OperationView {
    std::string id;
    std::string_view state;  // pending, applied, closed
    std::string resource = "null";
    std::string problem = "null";
};
std::string operation_body(const OperationView& operation);

}  // namespace outlay::api
