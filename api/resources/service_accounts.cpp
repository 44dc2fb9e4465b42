// /v1/workspaces/{ws}/service_accounts: programs that act in a workspace. Roles change and accounts
// end by the members routes.
#include <algorithm>
#include <array>

#include "api/resources/body_reader.hpp"
#include "api/resources/call.hpp"
#include "api/resources/members_view.hpp"
#include "api/resources/page.hpp"
#include "api/resources/service_accounts_key.hpp"
#include "api/resources/workspaces_command.hpp"

namespace outlay::api {

namespace {

namespace workspace = domain::workspace;
using domain::MemberId;
using domain::WorkspaceId;
using platform::Task;

CommandSpec creation(Call& call, const WorkspaceId& id, workspace::AddServiceAccount command,
                     std::string canonical_body) {
    const KeyIssue issue{id, std::nullopt};
    auto spec = workspace_command(id, std::move(canonical_body));
    spec.decide = decide_on_workspace(std::move(command));
    spec.before_append = [&call, issue](const domain::CommandId& made_by) {
        return store_issued_key(call, issue, made_by);
    };
    spec.render = [&call, issue](const journal::Versioned& target, const std::string&,
                                 const domain::CommandId& made_by) {
        const auto& state = std::get<workspace::Workspace>(target.state);
        return member_body(issue.account_of(made_by), state, {},
                           call.node.identity.derive_key(issue.key_of(made_by)).secret);
    };
    spec.version_of = [issue](const journal::Versioned& target, const domain::CommandId& made_by) {
        return member_version(target, issue.account_of(made_by));
    };
    spec.status = 201;
    spec.location = [issue](const std::string&, const domain::CommandId& made_by) {
        return member_location(issue.workspace, issue.account_of(made_by));
    };
    return spec;
}

Task<Response> create(Call& call) {
    const auto id = path_id<WorkspaceId>(call, "{ws}");
    if (!id) return answered(not_found(call));
    auto body = read_body(call, [](BodyReader& reader) {
        auto name = reader.required_string("name").value_or("");
        const auto role = read_role(reader).value_or(domain::Role::viewer);
        return std::optional(workspace::AddServiceAccount{std::move(name), role});
    });
    if (!body.ok()) return refused(call, body.error());
    return run_command(call,
                       creation(call, *id, std::move(body->fields), std::move(body->canonical)));
}

sql::Result<Response> answer_list(const Call& call, const QueryContext& context) {
    const auto loaded = journal::load(context.session, context.workspace, domain::workspace_name);
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    const auto& state = std::get<workspace::Workspace>(loaded->state);
    std::vector<std::string> items;
    for (const auto& id : members_in_order(state)) {
        if (!state.member(id)->user) items.push_back(member_body(id, state, {}));
    }
    if (items.size() <= unpaged_rows_max) return list_response(call, items, std::nullopt);
    return problem(call, make_problem("limit_reached",
                                      "The list would have more than 10,000 service accounts."));
}

Task<Response> list(Call& call) {
    return run_query(call, [&call](QueryContext& context) { return answer_list(call, context); });
}

constexpr std::string_view collection = "/v1/workspaces/{ws}/service_accounts";

constexpr std::array routes{
    Route{Method::post, collection, "createServiceAccount", create, BodyMode::buffered, json_body},
    Route{Method::get, collection, "listServiceAccounts", list},
};

}  // namespace

std::span<const Route> service_account_routes() {
    return routes;
}

}  // namespace outlay::api
