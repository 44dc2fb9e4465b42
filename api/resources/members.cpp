// /v1/workspaces/{ws}/members: people come in, change roles and leave; service accounts are listed,
// changed and removed here too.
#include <algorithm>
#include <array>

#include "api/auth/identity.hpp"
#include "api/resources/body_reader.hpp"
#include "api/resources/call.hpp"
#include "api/resources/members_access.hpp"
#include "api/resources/members_view.hpp"
#include "api/resources/page.hpp"
#include "api/resources/workspaces_command.hpp"

namespace outlay::api {

namespace {

namespace workspace = domain::workspace;
using domain::MemberId;
using domain::UserId;
using domain::WorkspaceId;
using platform::Task;

// Ids that derive from the command which adds a person; index 0 is the member.
constexpr std::uint32_t user_index = 1;
constexpr std::uint32_t key_index = 2;

struct Newcomer {
    std::optional<UserId> user;  // set: somebody who is known here already
    std::string name;
    std::string email;
    domain::Role role = domain::Role::viewer;
};

MemberId member_of(const domain::CommandId& command) {
    return {journal::derived_id(command, 0)};
}

UserId user_of(const Newcomer& newcomer, const domain::CommandId& command) {
    return newcomer.user ? *newcomer.user : UserId{journal::derived_id(command, user_index)};
}

NewKey key_of(const Call& call, const domain::CommandId& command) {
    return call.node.identity.derive_key({journal::derived_id(command, key_index)});
}

std::optional<Newcomer> read_newcomer(BodyReader& reader) {
    Newcomer newcomer;
    newcomer.role = read_role(reader).value_or(domain::Role::viewer);
    if (reader.has("user")) {
        newcomer.user = reader.required_id<UserId>("user");
    } else {
        const auto name = reader.required_string("name");
        const auto email = reader.required_string("email");
        newcomer.name = name.value_or("");
        newcomer.email = email.value_or("");
        if (name && email) check_contact(newcomer.name, newcomer.email, reader);
    }
    return newcomer;
}

// Only then is a person with a key made: before the fact that names them, so that nobody is a
// member without being known.
Task<std::optional<Problem>> prepare_person(Call& call, WorkspaceId into, Newcomer newcomer,
                                            domain::CommandId command,
                                            std::shared_ptr<Contacts> contacts) {
    auto asking = may_manage_members(call, into);
    auto wrong = co_await asking;
    if (wrong) co_return wrong;
    if (newcomer.user) {
        auto loading = load_person(call, into, *newcomer.user, contacts);
        wrong = co_await loading;
        co_return wrong;
    }
    const auto user = user_of(newcomer, command);
    (*contacts)[user] = {newcomer.name, newcomer.email};
    auto storing = call.node.identity.store_user(user, newcomer.name, newcomer.email,
                                                 key_of(call, command), *call.request.executor);
    const auto stored = co_await storing;
    co_return stored.ok() ? std::nullopt : std::optional(problem_of(stored.error()));
}

// Who is a member already cannot come in again, not with the same role either: a 201 must have
// created something.
domain::Decision<workspace::Events> decide_addition(const Newcomer& newcomer,
                                                    const workspace::Workspace& state,
                                                    const domain::Context& context) {
    auto decision = workspace::decide(
        state, workspace::AddMember{user_of(newcomer, context.command), newcomer.role}, context);
    if (decision.ok() && decision->empty()) {
        return domain::refuse(domain::RefusalCode::member_exists, "The user is a member already.");
    }
    return decision;
}

CommandSpec addition(Call& call, const WorkspaceId& into, const Newcomer& newcomer,
                     std::string canonical_body) {
    const auto contacts = std::make_shared<Contacts>();  // found before the append, shown after it
    auto spec = workspace_command(into, std::move(canonical_body));
    spec.decide = [newcomer](const journal::Loaded& loaded, const domain::Context& context) {
        const auto& state = std::get<workspace::Workspace>(loaded.target);
        return propose(domain::workspace_name, decide_addition(newcomer, state, context));
    };
    spec.before_append = [&call, into, newcomer, contacts](const domain::CommandId& command) {
        return prepare_person(call, into, newcomer, command, contacts);
    };
    spec.render = [&call, newcomer, contacts](const journal::Versioned& target, const std::string&,
                                              const domain::CommandId& command) {
        const auto secret = newcomer.user ? std::string() : key_of(call, command).secret;
        return member_body(member_of(command), std::get<workspace::Workspace>(target.state),
                           *contacts, secret);
    };
    spec.version_of = [](const journal::Versioned& target, const domain::CommandId& command) {
        return member_version(target, member_of(command));
    };
    spec.status = 201;
    spec.location = [into](const std::string&, const domain::CommandId& command) {
        return member_location(into, member_of(command));
    };
    return spec;
}

Task<Response> add(Call& call) {
    const auto into = path_id<WorkspaceId>(call, "{ws}");
    if (!into) return answered(not_found(call));
    auto body = read_body(call, read_newcomer);
    if (!body.ok()) return refused(call, body.error());
    return run_command(call, addition(call, *into, body->fields, std::move(body->canonical)));
}

CommandSpec change(Call& call, const WorkspaceId& id, const MemberId& member,
                   std::string canonical_body) {
    const auto contacts = std::make_shared<Contacts>();  // found before the append, shown after it
    auto spec = workspace_command(id, std::move(canonical_body));
    spec.before_append = [&call, id, member, contacts](const domain::CommandId&) {
        return load_member(call, id, member, contacts);
    };
    spec.render = [member, contacts](const journal::Versioned& target, const std::string&,
                                     const domain::CommandId&) {
        return member_body(member, std::get<workspace::Workspace>(target.state), *contacts);
    };
    spec.version_of = [member](const journal::Versioned& target, const domain::CommandId&) {
        return member_version(target, member);
    };
    return spec;
}

// What PATCH asks; unset: unchanged.
struct MemberEdit {
    std::optional<domain::Role> role{};
    workspace::ChangeHours hours{};
};

workspace::QuietHours read_quiet_hours(BodyReader& hours) {
    const auto from = hours.required_time("from").value_or(domain::TimeOfDay{});
    return {from, hours.required_time("to").value_or(domain::TimeOfDay{})};
}

std::optional<MemberEdit> read_edit(const Call& call, const MemberId& member, BodyReader& reader) {
    MemberEdit edit;
    if (reader.has("role")) edit.role = read_role(reader);
    edit.hours.member = member;
    edit.hours.time_zone = reader.nullable_string("time_zone");
    check_zone(call, edit.hours.time_zone.value_or(std::nullopt), reader);
    edit.hours.quiet_hours = reader.nullable_object("quiet_hours", read_quiet_hours);
    return edit;
}

// An edit that says nothing is decided like one that keeps the role: who may not change roles is
// told so, and a member that is not there is not found.
domain::Decision<workspace::Events> decide_edit(const workspace::Workspace& state,
                                                const MemberEdit& edit,
                                                const domain::Context& context) {
    const bool changes_hours = edit.hours.time_zone || edit.hours.quiet_hours;
    workspace::Events events;
    if (edit.role || !changes_hours) {
        const auto* const member = state.member(edit.hours.member);
        const auto kept = member == nullptr ? domain::Role::viewer : member->role;
        auto decided = workspace::decide(
            state, workspace::ChangeRole{edit.hours.member, edit.role.value_or(kept)}, context);
        if (!decided.ok()) return decided;
        events = std::move(*decided);
    }
    if (!changes_hours) return events;
    auto decided = workspace::decide(state, edit.hours, context);
    if (!decided.ok()) return decided;
    events.insert(events.end(), decided->begin(), decided->end());
    return events;
}

Task<Response> edit(Call& call) {
    const auto id = path_id<WorkspaceId>(call, "{ws}");
    const auto member = path_id<MemberId>(call, "{id}");
    if (!id || !member) return answered(not_found(call));
    auto body = read_body(call, [&call, member = *member](BodyReader& reader) {
        return read_edit(call, member, reader);
    });
    if (!body.ok()) return refused(call, body.error());
    auto spec = change(call, *id, *member, std::move(body->canonical));
    spec.decide = [wanted = body->fields](const journal::Loaded& loaded,
                                          const domain::Context& context) {
        const auto& state = std::get<workspace::Workspace>(loaded.target);
        return propose(domain::workspace_name, decide_edit(state, wanted, context));
    };
    return run_command(call, std::move(spec));
}

Task<Response> remove(Call& call) {
    const auto id = path_id<WorkspaceId>(call, "{ws}");
    const auto member = path_id<MemberId>(call, "{id}");
    if (!id || !member) return answered(not_found(call));
    auto spec = change(call, *id, *member, "");
    spec.before_append = nullptr;
    spec.render = nullptr;
    spec.status = 204;
    spec.decide = decide_on_workspace(workspace::RemoveMember{*member});
    return run_command(call, std::move(spec));
}

sql::Result<Response> answer_list(const Call& call, const QueryContext& context) {
    const auto loaded = journal::load(context.session, context.workspace, domain::workspace_name);
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    const auto contacts = contacts_in(context.session, context.workspace);
    if (!contacts.ok()) return domain::Fail{contacts.error()};
    const auto& state = std::get<workspace::Workspace>(loaded->state);
    if (state.members.size() > unpaged_rows_max) {
        return problem(
            call, make_problem("limit_reached", "The list would have more than 10,000 members."));
    }
    std::vector<std::string> items;
    for (const auto& id : members_in_order(state))
        items.push_back(member_body(id, state, *contacts));
    return list_response(call, items, std::nullopt);
}

Task<Response> list(Call& call) {
    return run_query(call, [&call](QueryContext& context) { return answer_list(call, context); });
}

Task<Response> read(Call& call) {
    const auto id = path_id<MemberId>(call, "{id}");
    if (!id) return answered(not_found(call));
    const QueryBody body = [&call, id = *id](QueryContext& context) -> sql::Result<Response> {
        const auto loaded =
            journal::load(context.session, context.workspace, domain::workspace_name);
        if (!loaded.ok()) return domain::Fail{loaded.error()};
        const auto version = member_version(*loaded, id);
        if (version == 0) return not_found(call);
        const auto contacts = contacts_in(context.session, context.workspace);
        if (!contacts.ok()) return domain::Fail{contacts.error()};
        const auto& state = std::get<workspace::Workspace>(loaded->state);
        return resource_response(version, member_body(id, state, *contacts));
    };
    return run_query(call, body);
}

constexpr std::string_view collection = "/v1/workspaces/{ws}/members";
constexpr std::string_view item = "/v1/workspaces/{ws}/members/{id}";

constexpr std::array routes{
    Route{Method::post, collection, "addMember", add, BodyMode::buffered, json_body},
    Route{Method::get, collection, "listMembers", list},
    Route{Method::get, item, "getMember", read},
    Route{Method::patch, item, "updateMember", edit, BodyMode::buffered, patch_body},
    Route{Method::delete_, item, "removeMember", remove},
};

}  // namespace

std::span<const Route> member_routes() {
    return routes;
}

}  // namespace outlay::api
