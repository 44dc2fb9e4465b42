// /v1/workspaces/{ws}/operations/{id}: what became of a command that was answered with 202. Any
// node can tell at any time; the question itself settles what nobody else has settled.
#include <algorithm>
#include <array>

#include "api/resources/budget_command.hpp"
#include "api/resources/call.hpp"
#include "api/resources/categories_view.hpp"
#include "api/resources/expense_view.hpp"
#include "api/resources/flow_answer.hpp"
#include "api/resources/flow_operation.hpp"
#include "api/resources/flow_query.hpp"
#include "api/resources/members_access.hpp"
#include "api/resources/members_view.hpp"
#include "api/resources/workspaces_view.hpp"
#include "views/channel.hpp"

namespace outlay::api {

namespace {

using domain::WorkspaceId;
using platform::Task;

struct Asker {
    const journal::Principal& principal;
    Contacts contacts;  // of the workspace's people
};

// Where a command changed a part of an aggregate, the part carries the version that the command
// made.
std::string tree_resource(const journal::Versioned& target) {
    for (const auto& [id, category] : std::get<domain::categories::Tree>(target.state).categories) {
        if (category.version == target.head.version)
            return category_body(category_view(id, target));
    }
    return "null";
}

// The role is the caller's own, who is among the members unless the command removed them.
std::string workspace_resource(const WorkspaceId& workspace, const journal::Versioned& target,
                               const Asker& asker) {
    const auto& state = std::get<domain::workspace::Workspace>(target.state);
    for (const auto& [id, member] : state.members) {
        const bool is_touched = member.version == target.head.version && target.head.version > 1;
        if (is_touched) return member_body(id, state, asker.contacts);
    }
    const auto& who = asker.principal;
    const auto* const member = who.user     ? state.member_of_user(*who.user)
                               : who.member ? state.member(*who.member)
                                            : nullptr;
    if (member == nullptr) return "null";
    return workspace_body(workspace_view(workspace, target, member->role));
}

// Rather nothing than another resource: a command on a part that changed nothing does not tell
// which part it meant; keys and removed members are no resources; alerts are not in the budget.
bool shows_resource(domain::AggregateKind kind, std::string_view event_type) {
    constexpr std::array<std::string_view, 5> without{"key.issued", "key.revoked", "member.removed",
                                                      "alert.acknowledged", "channel.removed"};
    const bool is_part =
        kind == domain::AggregateKind::workspace || kind == domain::AggregateKind::categories;
    if (event_type.empty()) return !is_part;
    return std::ranges::find(without, event_type) == without.end();
}

std::string resource_of(const WorkspaceId& workspace, const journal::OperationState& state,
                        const Asker& asker) {
    const auto kind = domain::kind_of(state.aggregate);
    CHECK(kind.has_value() && state.target.has_value(), "an applied operation without a target");
    if (!shows_resource(*kind, state.event_type)) return "null";
    switch (*kind) {
        case domain::AggregateKind::workspace:
            return workspace_resource(workspace, *state.target, asker);
        case domain::AggregateKind::categories:
            return tree_resource(*state.target);
        case domain::AggregateKind::expense:
            return expense_body(
                expense_view(*domain::ExpenseId::parse(state.aggregate), *state.target));
        case domain::AggregateKind::budget:
            return render_budget(*state.target, state.aggregate, {});
        case domain::AggregateKind::channel:
            return views::channel_body(
                views::channel_view(*domain::ChannelId::parse(state.aggregate),
                                    std::get<domain::channel::Channel>(state.target->state),
                                    state.target->head.version));
    }
    CHECK(false, "an aggregate kind outside its enumeration");
    return {};
}

std::string document_of(const Call& call, const journal::Answer& answer) {
    return problem_document(*problem_of(answer), call.request.head.request_id);
}

Response answer_of(const Call& call, const WorkspaceId& workspace,
                   const journal::OperationState& state, const Asker& asker) {
    using Kind = journal::OperationState::Kind;
    OperationView view{call.path.at("{id}"), "pending"};
    switch (state.kind) {
        case Kind::pending:
            break;
        case Kind::applied:
            view.state = "applied";
            view.resource = resource_of(workspace, state, asker);
            break;
        case Kind::closed:
            view.state = "closed";
            view.problem = document_of(call, journal::Closed{state.problem});
            break;
        case Kind::key_reused:
            view.state = "closed";
            view.problem = document_of(call, journal::KeyReused{});
            break;
        case Kind::unavailable:
            return problem(call, make_problem("store_unavailable",
                                              "The read store does not answer; try again."));
    }
    auto response = json_response(200, operation_body(view));
    if (state.kind == Kind::pending) response.headers.add("Retry-After", "1");
    if (state.position)
        response.headers.add("Consistency-Token", position_token(call.node, *state.position));
    return response;
}

// Members may ask. So may whoever holds the operation of a workspace that does not exist (yet):
// only its founder was given the id. Empty: this caller may not.
using Standing = std::optional<Contacts>;

sql::Result<Standing> standing_of(sql::Session& session, const WorkspaceId& workspace,
                                  const journal::Principal& who) {
    const auto acting = acting_member(session, workspace, who);
    if (!acting.ok()) return domain::Fail{acting.error()};
    if (!*acting) {
        const std::array<sql::Value, 1> parameters{workspace.value.text()};
        const auto rows =
            session.query("SELECT workspace FROM read.workspaces WHERE workspace = $1", parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        return rows->empty() && who.user ? Standing(Contacts{}) : Standing();
    }
    auto contacts = contacts_in(session, workspace);
    if (!contacts.ok()) return domain::Fail{contacts.error()};
    return Standing(std::move(contacts).value());
}

Task<Response> read(Call& call) {
    const auto workspace = path_id<WorkspaceId>(call, "{ws}");
    if (!workspace) co_return not_found(call);
    const auto opened = open_operation(call.node.root_secret, call.node.submit.journal_identity,
                                       *workspace, call.path.at("{id}"));
    if (std::holds_alternative<ForeignOperation>(opened)) {
        co_return problem(
            call, make_problem("token_foreign", "The operation belongs to another journal."));
    }
    const auto* const query = std::get_if<journal::OperationQuery>(&opened);
    if (query == nullptr) co_return not_found(call);
    const std::function<sql::Result<Standing>(sql::Session&)> question =
        [&call, id = *workspace](sql::Session& session) {
            return standing_of(session, id, call.who.principal);
        };
    auto asking = in_store<Standing>(call, {sql::Access::query, workspace}, question);
    auto standing = co_await asking;
    if (!standing.ok()) co_return problem(call, problem_of(standing.error()));
    if (!*standing) co_return problem(call, stranger_problem(call, *workspace));
    auto step = call.submitter().operation(*query);
    const auto state = co_await step;
    co_return answer_of(call, *workspace, state, {call.who.principal, std::move(**standing)});
}

constexpr std::array routes{
    Route{Method::get, "/v1/workspaces/{ws}/operations/{id}", "getOperation", read},
};

}  // namespace

std::span<const Route> operation_routes() {
    return routes;
}

}  // namespace outlay::api
