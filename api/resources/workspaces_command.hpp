// Commands on the workspace aggregate: settings, members, service accounts and keys all live in it.
// The domain's deciders authorise by themselves.
#pragma once

#include <string>
#include <utility>

#include "api/resources/body_reader.hpp"
#include "api/resources/call.hpp"
#include "domain/workspace/decide.hpp"

namespace outlay::api {

template <typename Command>
journal::Decide decide_on_workspace(Command command) {
    return [command = std::move(command)](const journal::Loaded& loaded,
                                          const domain::Context& context) {
        const auto& state = std::get<domain::workspace::Workspace>(loaded.target);
        return propose(domain::workspace_name, domain::workspace::decide(state, command, context));
    };
}

// What all of them share; `decide` and `render` are still to be set.
inline CommandSpec workspace_command(const domain::WorkspaceId& workspace,
                                     std::string canonical_body) {
    CommandSpec spec;
    spec.workspace = workspace;
    spec.target = [](const domain::CommandId&) { return std::string(domain::workspace_name); };
    spec.canonical_body = std::move(canonical_body);
    return spec;
}

// The member `time_zone`, if it is given.
inline void check_zone(const Call& call, const std::optional<std::string>& zone,
                       BodyReader& reader) {
    if (!zone || call.node.zones.exists(*zone)) return;
    reader.fail("time_zone", "unknown_time_zone",
                "Must be an IANA time zone such as Europe/Berlin.");
}

}  // namespace outlay::api
