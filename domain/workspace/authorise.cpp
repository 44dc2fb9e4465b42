// The table of roles and actions.
#include "domain/workspace/authorise.hpp"

#include <array>

namespace outlay::domain::workspace {

namespace {

struct Permission {
    Action action;
    Role least;  // this role and every one above it
};

constexpr std::array permissions{
    Permission{Action::read, Role::viewer},
    Permission{Action::record_expenses, Role::member},
    Permission{Action::manage_others, Role::admin},
    Permission{Action::manage_categories, Role::member},
    Permission{Action::manage_budgets, Role::admin},
    Permission{Action::acknowledge_alerts, Role::member},
    Permission{Action::manage_members, Role::admin},
    Permission{Action::manage_settings, Role::admin},
    Permission{Action::close_periods, Role::admin},
    Permission{Action::reopen_periods, Role::owner},
    Permission{Action::archive_workspace, Role::owner},
    Permission{Action::leave_workspace, Role::viewer},
    Permission{Action::manage_channels, Role::admin},
};

constexpr bool rows_stand_in_order() {
    for (std::size_t i = 0; i < permissions.size(); ++i) {
        if (permissions[i].action != static_cast<Action>(i)) return false;
    }
    return true;
}
static_assert(rows_stand_in_order(), "looked up by position");

bool works_in_archive(Action action) {
    return action == Action::read || action == Action::archive_workspace;
}

}  // namespace

bool role_allows(Role role, Action action) {
    return role >= permissions.at(static_cast<std::size_t>(action)).least;
}

Objection archived_objection(const Workspace& workspace) {
    if (!workspace.archived) return std::nullopt;
    return Refusal{
        RefusalCode::workspace_archived, "The workspace is archived; restore it first.", {}};
}

Decision<Role> authorise(const Workspace& workspace, const Actor& actor, Action action) {
    const Member* const member = workspace.member(actor.member);
    // One answer for "no such workspace" and "not yours", so that outsiders learn nothing.
    if (!workspace.exists || member == nullptr) {
        return refuse(RefusalCode::not_found, "There is no such workspace.");
    }
    if (!role_allows(member->role, action)) {
        return refuse(RefusalCode::forbidden, "Your role does not allow this.");
    }
    if (!works_in_archive(action)) {
        if (auto objection = archived_objection(workspace)) return Fail{std::move(*objection)};
    }
    return member->role;
}

}  // namespace outlay::domain::workspace
