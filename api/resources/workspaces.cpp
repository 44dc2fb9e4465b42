// /v1/workspaces: create, list, read, settings, archive and restore, closed periods.
#include <array>

#include "api/resources/body_reader.hpp"
#include "api/resources/call.hpp"
#include "api/resources/flow_query.hpp"
#include "api/resources/page.hpp"
#include "api/resources/workspaces_command.hpp"
#include "api/resources/workspaces_view.hpp"

namespace outlay::api {

namespace {

namespace workspace = domain::workspace;
using domain::WorkspaceId;
using platform::Task;

// The role of whoever asked, in the state that the command made.
domain::Role role_in(const journal::Versioned& target, const journal::Principal& principal) {
    const auto& state = std::get<workspace::Workspace>(target.state);
    const auto* const member = principal.user     ? state.member_of_user(*principal.user)
                               : principal.member ? state.member(*principal.member)
                                                  : nullptr;
    return member == nullptr ? domain::Role::viewer : member->role;
}

// A command on the workspace that the path names.
template <typename Command>
Task<Response> change(Call& call, Command command, std::string canonical_body) {
    const auto id = path_id<WorkspaceId>(call, "{ws}");
    if (!id) co_return not_found(call);
    auto spec = workspace_command(*id, std::move(canonical_body));
    spec.decide = decide_on_workspace(std::move(command));
    spec.render = [id = *id, who = call.who.principal](const journal::Versioned& target,
                                                       const std::string&,
                                                       const domain::CommandId&) {
        return workspace_body(workspace_view(id, target, role_in(target, who)));
    };
    auto step = run_command(call, std::move(spec));
    Response response = co_await step;
    co_return response;
}

void check_zone(const Call& call, const std::optional<std::string>& zone, BodyReader& reader) {
    if (!zone || call.node.zones.exists(*zone)) return;
    reader.fail("time_zone", "unknown_time_zone",
                "Must be an IANA time zone such as Europe/Berlin.");
}

CommandSpec creation(workspace::CreateWorkspace command, std::string canonical_body) {
    const auto id_of = [](const domain::CommandId& made_by) {
        return WorkspaceId{journal::derived_id(made_by, 0)};
    };
    auto spec = workspace_command({}, std::move(canonical_body));
    spec.creates_workspace = true;
    spec.decide = decide_on_workspace(std::move(command));
    spec.render = [id_of](const journal::Versioned& target, const std::string&,
                          const domain::CommandId& made_by) {
        return workspace_body(workspace_view(id_of(made_by), target, domain::Role::owner));
    };
    spec.status = 201;
    spec.location = [id_of](const std::string&, const domain::CommandId& made_by) {
        return "/v1/workspaces/" + id_of(made_by).text();
    };
    return spec;
}

Task<Response> create(Call& call) {
    if (!call.who.principal.user) {
        co_return problem(
            call, make_problem("forbidden",
                               "Workspaces are created by people, not by service accounts."));
    }
    const auto body = parse_body(call);
    if (!body.ok()) co_return problem(call, body.error());
    std::vector<domain::FieldError> errors;
    BodyReader reader(*body, "", errors);
    const auto name = reader.required_string("name");
    const auto currency = reader.required_currency("base_currency");
    const auto zone = reader.required_string("time_zone");
    check_zone(call, zone, reader);
    reader.finish();
    if (!errors.empty()) co_return problem(call, invalid_body(std::move(errors)));
    auto step = run_command(call, creation({*name, *currency, *zone, *call.who.principal.user},
                                           json::canonical(*body)));
    Response response = co_await step;
    co_return response;
}

Task<Response> edit(Call& call) {
    const auto body = parse_body(call);
    if (!body.ok()) co_return problem(call, body.error());
    std::vector<domain::FieldError> errors;
    BodyReader reader(*body, "", errors);
    workspace::ChangeSettings command;
    command.name = reader.optional_string("name");
    command.base_currency = reader.optional_currency("base_currency");
    command.time_zone = reader.optional_string("time_zone");
    check_zone(call, command.time_zone, reader);
    reader.finish();
    if (!errors.empty()) co_return problem(call, invalid_body(std::move(errors)));
    auto step = change(call, std::move(command), json::canonical(*body));
    Response response = co_await step;
    co_return response;
}

Task<Response> archive(Call& call) {
    auto step = change(call, workspace::ArchiveWorkspace{}, "");
    Response response = co_await step;
    co_return response;
}

Task<Response> restore(Call& call) {
    auto step = change(call, workspace::RestoreWorkspace{}, "");
    Response response = co_await step;
    co_return response;
}

Task<Response> close_period(Call& call) {
    const auto body = parse_body(call);
    if (!body.ok()) co_return problem(call, body.error());
    std::vector<domain::FieldError> errors;
    BodyReader reader(*body, "", errors);
    const auto through = reader.required_date("through");
    reader.finish();
    if (!errors.empty()) co_return problem(call, invalid_body(std::move(errors)));
    auto step = change(call, workspace::ClosePeriod{*through}, json::canonical(*body));
    Response response = co_await step;
    co_return response;
}

Task<Response> reopen_period(Call& call) {
    const auto body = parse_body(call);
    if (!body.ok()) co_return problem(call, body.error());
    std::vector<domain::FieldError> errors;
    BodyReader reader(*body, "", errors);
    workspace::ReopenPeriod command;
    if (const auto* const through = reader.member("through"); through == nullptr) {
        reader.fail("through", "required", "Is required; null opens every day.");
    } else if (!through->is_null()) {
        command.through = reader.optional_date("through");
    }
    command.reason = reader.required_string("reason").value_or("");
    reader.finish();
    if (!errors.empty()) co_return problem(call, invalid_body(std::move(errors)));
    auto step = change(call, std::move(command), json::canonical(*body));
    Response response = co_await step;
    co_return response;
}

Task<Response> read(Call& call) {
    const QueryBody body = [&call](QueryContext& context) -> sql::Result<Response> {
        const std::array<sql::Value, 2> parameters{context.workspace.value.text(),
                                                   context.member.value.text()};
        const auto rows = context.session.query(
            "SELECT " + std::string(workspace_columns) +
                " FROM read.workspaces w JOIN read.members m ON m.workspace = w.workspace"
                " WHERE w.workspace = $1 AND m.id = $2",
            parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        if (rows->empty()) return not_found(call);
        const auto view = workspace_row(*rows, 0);
        return resource_response(view.version, workspace_body(view));
    };
    auto step = run_query(call, body);
    Response response = co_await step;
    co_return response;
}

// The workspaces of a person; of a service account, its one.
Conditions visible_to(const journal::Principal& principal) {
    Conditions conditions;
    if (principal.user) {
        conditions.add("m.user_id = " + conditions.bind(principal.user->value.text()));
        return conditions;
    }
    conditions.add("m.workspace = " + conditions.bind(principal.workspace->value.text()));
    conditions.add("m.id = " + conditions.bind(principal.member->value.text()));
    return conditions;
}

sql::Result<Response> answer_list(const Call& call, const Page& page, sql::Session& session) {
    const auto& who = call.who.principal;
    if (!who.user) {
        const auto acting = acting_member(session, *who.workspace, who);
        if (!acting.ok()) return domain::Fail{acting.error()};
        if (!*acting) return problem(call, stranger_problem(call, *who.workspace));
    }
    auto conditions = visible_to(who);
    if (!page.after.empty()) conditions.add("w.workspace > " + conditions.bind(page.after.front()));
    const auto rows = session.query(
        "SELECT " + std::string(workspace_columns) +
            " FROM read.members m JOIN read.workspaces w ON w.workspace = m.workspace" +
            conditions.text() + " ORDER BY w.workspace LIMIT " + std::to_string(page.limit + 1),
        conditions.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    const auto count = std::min(rows->size(), static_cast<std::size_t>(page.limit));
    std::vector<std::string> items;
    for (std::size_t row = 0; row < count; ++row)
        items.push_back(workspace_body(workspace_row(*rows, row)));
    std::optional<std::string> next;
    if (rows->size() > count) next = make_cursor(call, {rows->text(count - 1, 0)});
    return list_response(call, items, next);
}

Task<Response> list(Call& call) {
    QueryReader query(call.request.head.query);
    const auto page = read_page(call, query);
    if (const auto wrong = query.problem()) co_return problem(call, *wrong);
    if (!page.ok()) co_return problem(call, page.error());
    const InstanceQueryBody body = [&call, page = *page](sql::Session& session) {
        return answer_list(call, page, session);
    };
    auto step = run_instance_query(call, body);
    Response response = co_await step;
    co_return response;
}

constexpr std::string_view collection = "/v1/workspaces";
constexpr std::string_view item = "/v1/workspaces/{ws}";
constexpr std::string_view json_type = "application/json";
constexpr std::string_view patch_types = "application/merge-patch+json,application/json";

constexpr std::array routes{
    Route{Method::post, collection, "createWorkspace", create, BodyMode::buffered, json_type},
    Route{Method::get, collection, "listWorkspaces", list},
    Route{Method::get, item, "getWorkspace", read},
    Route{Method::patch, item, "updateWorkspace", edit, BodyMode::buffered, patch_types},
    Route{Method::post, "/v1/workspaces/{ws}/archive", "archiveWorkspace", archive},
    Route{Method::post, "/v1/workspaces/{ws}/restore", "restoreWorkspace", restore},
    Route{Method::post, "/v1/workspaces/{ws}/close_period", "closePeriod", close_period,
          BodyMode::buffered, json_type},
    Route{Method::post, "/v1/workspaces/{ws}/reopen_period", "reopenPeriod", reopen_period,
          BodyMode::buffered, json_type},
};

}  // namespace

std::span<const Route> workspace_routes() {
    return routes;
}

}  // namespace outlay::api
