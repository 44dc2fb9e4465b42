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
    if (!id) return answered(not_found(call));
    auto spec = workspace_command(*id, std::move(canonical_body));
    spec.decide = decide_on_workspace(std::move(command));
    spec.render = [id = *id, who = call.who.principal](const journal::Versioned& target,
                                                       const std::string&,
                                                       const domain::CommandId&) {
        return workspace_body(workspace_view(id, target, role_in(target, who)));
    };
    return run_command(call, std::move(spec));
}

void read_calendar(BodyReader& reader, workspace::ChangeSettings& command) {
    if (const auto text = reader.optional_string("week_start")) {
        command.week_start = domain::Weekday::parse(*text);
        if (!command.week_start) reader.fail("week_start", "unknown", "Must be monday to sunday.");
    }
    if (const auto text = reader.optional_string("fiscal_year_start")) {
        command.fiscal_year_start = domain::YearDay::parse(*text);
        if (!command.fiscal_year_start) {
            reader.fail("fiscal_year_start", "malformed",
                        "Must be a day that every year has, as MM-DD, such as 04-06.");
        }
    }
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
        return refused(call,
                       make_problem("forbidden",
                                    "Workspaces are created by people, not by service accounts."));
    }
    auto body = read_body(call, [&call](BodyReader& reader) {
        const auto name = reader.required_string("name");
        const auto currency = reader.required_currency("base_currency");
        const auto zone = reader.required_string("time_zone");
        check_zone(call, zone, reader);
        std::optional<workspace::CreateWorkspace> command;
        if (name && currency && zone) command = {*name, *currency, *zone, *call.who.principal.user};
        return command;
    });
    if (!body.ok()) return refused(call, body.error());
    return run_command(call, creation(std::move(body->fields), std::move(body->canonical)));
}

Task<Response> edit(Call& call) {
    auto body = read_body(call, [&call](BodyReader& reader) {
        workspace::ChangeSettings command;
        command.name = reader.optional_string("name");
        command.base_currency = reader.optional_currency("base_currency");
        command.time_zone = reader.optional_string("time_zone");
        check_zone(call, command.time_zone, reader);
        read_calendar(reader, command);
        return std::optional(std::move(command));
    });
    if (!body.ok()) return refused(call, body.error());
    return change(call, std::move(body->fields), std::move(body->canonical));
}

Task<Response> archive(Call& call) {
    return change(call, workspace::ArchiveWorkspace{}, "");
}

Task<Response> restore(Call& call) {
    return change(call, workspace::RestoreWorkspace{}, "");
}

Task<Response> close_period(Call& call) {
    auto body = read_body(call, [](BodyReader& reader) { return reader.required_date("through"); });
    if (!body.ok()) return refused(call, body.error());
    return change(call, workspace::ClosePeriod{body->fields}, std::move(body->canonical));
}

Task<Response> reopen_period(Call& call) {
    auto body = read_body(call, [](BodyReader& reader) {
        workspace::ReopenPeriod command;
        if (const auto* const through = reader.member("through"); through == nullptr) {
            reader.fail("through", "required", "Is required; null opens every day.");
        } else if (!through->is_null()) {
            command.through = reader.optional_date("through");
        }
        command.reason = reader.required_string("reason").value_or("");
        return std::optional(std::move(command));
    });
    if (!body.ok()) return refused(call, body.error());
    return change(call, std::move(body->fields), std::move(body->canonical));
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
    return run_query(call, body);
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
    return page_response(
        call, page, *rows,
        [&](std::size_t row) { return workspace_body(workspace_row(*rows, row)); },
        [&](std::size_t row) { return std::vector{rows->text(row, 0)}; });
}

Task<Response> list(Call& call) {
    QueryReader query(call.request.head.query);
    const auto page = read_page(call, query);
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    if (!page.ok()) return refused(call, page.error());
    const InstanceQueryBody body = [&call, page = *page](sql::Session& session) {
        return answer_list(call, page, session);
    };
    return run_instance_query(call, body);
}

constexpr std::string_view collection = "/v1/workspaces";
constexpr std::string_view item = "/v1/workspaces/{ws}";

constexpr std::array routes{
    Route{Method::post, collection, "createWorkspace", create, BodyMode::buffered, json_body},
    Route{Method::get, collection, "listWorkspaces", list}.taking("limit,cursor"),
    Route{Method::get, item, "getWorkspace", read},
    Route{Method::patch, item, "updateWorkspace", edit, BodyMode::buffered, patch_body},
    Route{Method::post, "/v1/workspaces/{ws}/archive", "archiveWorkspace", archive},
    Route{Method::post, "/v1/workspaces/{ws}/restore", "restoreWorkspace", restore},
    Route{Method::post, "/v1/workspaces/{ws}/close_period", "closePeriod", close_period,
          BodyMode::buffered, json_body},
    Route{Method::post, "/v1/workspaces/{ws}/reopen_period", "reopenPeriod", reopen_period,
          BodyMode::buffered, json_body},
};

}  // namespace

std::span<const Route> workspace_routes() {
    return routes;
}

}  // namespace outlay::api
