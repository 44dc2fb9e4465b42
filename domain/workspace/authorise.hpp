// Which role may do what: one table. Somebody who is no member sees nothing, so gets `not_found`.
#pragma once

#include "domain/values/refusal.hpp"
#include "domain/workspace/state.hpp"

namespace outlay::domain::workspace {

enum class Action {
    read,                // viewer and up
    record_expenses,     // member and up, own expenses
    manage_others,       // admin and up: expenses of other members
    manage_categories,   // member and up
    manage_budgets,      // admin and up
    acknowledge_alerts,  // member and up
    manage_members,      // admin and up; nobody grants more than they hold
    manage_settings,     // admin and up
    close_periods,       // admin and up; reopening is the owner's
    reopen_periods,      // owner
    archive_workspace,   // owner; archive and restore
    leave_workspace,     // viewer and up: a person removes itself
    manage_channels,     // admin and up: they lead out of the house
};

// The member behind `actor` (present in the workspace) with its role, or the refusal to give. An
// archived workspace allows nothing but `read` and `archive_workspace`.
Decision<Role> authorise(const Workspace& workspace, const Actor& actor, Action action);
bool role_allows(Role role, Action action);
// The objection of an archived workspace against any change inside it.
Objection archived_objection(const Workspace& workspace);

}  // namespace outlay::domain::workspace
