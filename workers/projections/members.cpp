// Members as rows: what differs between two states of a workspace.
#include "workers/projections/members.hpp"

#include "workers/cells.hpp"

namespace outlay::workers::members {

namespace {

using domain::workspace::Member;
using domain::workspace::Workspace;

constexpr std::array<std::string_view, 4> role_names{"viewer", "member", "admin", "owner"};

Row row_of(const domain::WorkspaceId& workspace, const domain::MemberId& id, const Member& member) {
    const std::string_view kind = member.user ? "person" : "service_account";
    const auto& quiet = member.quiet_hours;
    return {cell(workspace),
            cell(id),
            cell(kind),
            cell(member.user),
            cell(member.name),
            cell(role_names[static_cast<std::size_t>(member.role)]),
            cell(member.added_at),
            member.time_zone ? cell(*member.time_zone) : sql::Null{},
            quiet ? cell(quiet->from.text()) : sql::Null{},
            quiet ? cell(quiet->to.text()) : sql::Null{}};
}

}  // namespace

void project(const Fact& fact, RowChanges& changes) {
    const auto* before = std::get_if<Workspace>(fact.before.get());
    const auto* after = std::get_if<Workspace>(fact.after.get());
    if (before == nullptr || after == nullptr) return;
    for (const auto& [id, member] : after->members) {
        const auto* known = before->member(id);
        if (known == nullptr || *known != member)
            changes.put(table, row_of(fact.workspace, id, member));
    }
    for (const auto& [id, member] : before->members) {
        if (after->member(id) == nullptr) changes.remove(table, {cell(fact.workspace), cell(id)});
    }
}

}  // namespace outlay::workers::members
