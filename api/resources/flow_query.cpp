// The way of a read: wait for the client's token, then answer everything from one snapshot on a
// pool thread.
#include "api/resources/flow_query.hpp"

#include <array>

namespace outlay::api {

namespace {

using platform::Task;

constexpr std::string_view of_token = "the Consistency-Token";

using FoundMember = sql::Result<std::optional<ActingMember>>;

FoundMember member_in(sql::Session& session, std::string_view statement,
                      std::span<const sql::Value> parameters) {
    const auto rows = session.query(statement, parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) return std::optional<ActingMember>{};
    const auto role = role_of(rows->text(0, 1));
    CHECK(role.has_value(), "a role outside of the four");
    return std::optional(ActingMember{{rows->uuid(0, 0)}, *role});
}

// Keys in force are a fact of the workspace: a key that was revoked must not read either.
sql::Result<bool> is_in_force(sql::Session& session, const domain::WorkspaceId& workspace,
                              const domain::KeyId& key, const domain::MemberId& bearer) {
    const auto loaded = journal::load(session, workspace, domain::workspace_name);
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    const auto& keys = std::get<domain::workspace::Workspace>(loaded->state).keys;
    const auto found = keys.find(key);
    return found != keys.end() && found->second == bearer;
}

FoundMember acting_service_account(sql::Session& session, const domain::WorkspaceId& workspace,
                                   const journal::Principal& principal) {
    if (principal.workspace != workspace || !principal.member || !principal.key) {
        return std::optional<ActingMember>{};
    }
    const auto in_force = is_in_force(session, workspace, *principal.key, *principal.member);
    if (!in_force.ok()) return domain::Fail{in_force.error()};
    if (!*in_force) return std::optional<ActingMember>{};
    const std::array<sql::Value, 2> parameters{workspace.value.text(),
                                               principal.member->value.text()};
    return member_in(session, "SELECT id, role FROM read.members WHERE workspace = $1 AND id = $2",
                     parameters);
}

sql::Result<bool> shows_token(sql::Session& session, const Call& call) {
    const auto token = position_in(call);
    if (!token.ok() || !*token) return true;
    return journal::shows(session, **token);
}

Response answer_of(Call& call, sql::Result<Response> result) {
    if (result.ok()) return std::move(result).value();
    return problem(call, problem_of(result.error()));
}

}  // namespace

FoundMember acting_member(sql::Session& session, const domain::WorkspaceId& workspace,
                          const journal::Principal& principal) {
    if (!principal.user) return acting_service_account(session, workspace, principal);
    const std::array<sql::Value, 2> parameters{workspace.value.text(),
                                               principal.user->value.text()};
    return member_in(session,
                     "SELECT id, role FROM read.members WHERE workspace = $1 AND user_id = $2",
                     parameters);
}

Problem stranger_problem(const Call& call, const domain::WorkspaceId& workspace) {
    if (call.who.principal.workspace == workspace) {
        return make_problem("unauthenticated", "The API key is not in force any more.");
    }
    return make_problem("not_found", "There is no such resource, or it is not yours to see.");
}

Problem lag_problem(std::string_view of_what) {
    return make_problem("projection_lag", "The read model has not reached the position of " +
                                              std::string(of_what) + " yet.");
}

Task<std::optional<Problem>> await_position(Call& call, journal::Position position,
                                            std::string_view of_what) {
    const auto deadline = wait_deadline(call, preferences_in(call.request.head.headers));
    auto& outcomes = call.node.submit.outcomes;
    platform::Completion<bool> wait(*call.request.executor,
                                    [&outcomes, position, deadline](auto resolve) {
                                        outcomes.reach(position, deadline, resolve);
                                    });
    const bool is_reached = co_await wait;
    if (is_reached) co_return std::nullopt;
    co_return lag_problem(of_what);
}

Task<std::optional<Problem>> await_token(Call& call) {
    const auto token = position_in(call);
    if (!token.ok()) co_return token.error();
    if (!*token) co_return std::nullopt;
    auto waiting = await_position(call, **token, of_token);
    auto wrong = co_await waiting;
    co_return wrong;
}

Task<Response> run_query(Call& call, QueryBody body) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) co_return not_found(call);
    auto waiting = await_token(call);
    const auto wrong = co_await waiting;
    if (wrong) co_return problem(call, *wrong);
    const std::function<sql::Result<Response>(sql::Session&)> work =
        [&call, id = *workspace,
         body = std::move(body)](sql::Session& session) -> sql::Result<Response> {
        const auto shown = shows_token(session, call);
        if (!shown.ok()) return domain::Fail{shown.error()};
        if (!*shown) return problem(call, lag_problem(of_token));
        const auto acting = acting_member(session, id, call.who.principal);
        if (!acting.ok()) return domain::Fail{acting.error()};
        if (!*acting) return problem(call, stranger_problem(call, id));
        QueryContext context{session, id, (*acting)->id, (*acting)->role};
        return body(context);
    };
    auto step = in_store<Response>(call, {sql::Access::query, workspace}, work);
    auto result = co_await step;
    co_return answer_of(call, std::move(result));
}

Task<Response> run_instance_query(Call& call, InstanceQueryBody body) {
    auto waiting = await_token(call);
    const auto wrong = co_await waiting;
    if (wrong) co_return problem(call, *wrong);
    const std::function<sql::Result<Response>(sql::Session&)> work =
        [&call, body = std::move(body)](sql::Session& session) -> sql::Result<Response> {
        const auto shown = shows_token(session, call);
        if (!shown.ok()) return domain::Fail{shown.error()};
        return *shown ? body(session) : problem(call, lag_problem(of_token));
    };
    auto step = in_store<Response>(call, {sql::Access::lookup, std::nullopt}, work);
    auto result = co_await step;
    co_return answer_of(call, std::move(result));
}

}  // namespace outlay::api
