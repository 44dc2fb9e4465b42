// Deciders for people, service accounts and their keys. Two rules run through all of them: nobody
// grants, takes or touches more power than they hold, and a workspace keeps a person as owner.
#include <algorithm>

#include "domain/values/field_check.hpp"
#include "domain/workspace/authorise.hpp"
#include "domain/workspace/decide.hpp"

namespace outlay::domain::workspace {

namespace {

Objection power_objection(Role held, Role touched) {
    if (touched <= held) return std::nullopt;
    return Refusal{RefusalCode::forbidden, "Nobody grants or touches a role above their own.", {}};
}

bool is_person_as_owner(const Member& member) {
    return member.user.has_value() && member.role == Role::owner;
}

// A service account that owns does not count: its key may be lost, and then nobody could act.
Objection last_owner_objection(const Workspace& workspace, const MemberId& leaving) {
    const Member* const member = workspace.member(leaving);
    if (member == nullptr || !is_person_as_owner(*member)) return std::nullopt;
    const bool another = std::ranges::any_of(workspace.members, [&](const auto& entry) {
        return entry.first != leaving && is_person_as_owner(entry.second);
    });
    if (another) return std::nullopt;
    return Refusal{RefusalCode::last_owner, "A workspace keeps at least one person as owner.", {}};
}

Fail<Refusal> no_such_member() {
    return refuse(RefusalCode::not_found, "There is no such member in the workspace.");
}

}  // namespace

Decision<Events> decide(const Workspace& workspace, const AddMember& command,
                        const Context& context) {
    const auto held = authorise(workspace, context.actor, Action::manage_members);
    if (!held) return Fail{held.error()};
    if (auto objection = power_objection(*held, command.role)) return Fail{std::move(*objection)};
    if (const Member* const present = workspace.member_of_user(command.user)) {
        if (present->role == command.role) return Events{};
        return refuse(RefusalCode::member_exists,
                      "The user is a member already, with another role.");
    }
    return Events{MemberAdded{context.make_id<MemberId>(0), command.user, command.role}};
}

Decision<Events> decide(const Workspace& workspace, const AddServiceAccount& command,
                        const Context& context) {
    const auto held = authorise(workspace, context.actor, Action::manage_members);
    if (!held) return Fail{held.error()};
    if (auto objection = power_objection(*held, command.role)) return Fail{std::move(*objection)};
    FieldCheck check;
    check.text("/name", command.name, name_text);
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};
    const auto member = context.make_id<MemberId>(0);
    return Events{ServiceAccountAdded{member, command.name, command.role},
                  KeyIssued{context.make_id<KeyId>(1), member}};
}

Decision<Events> decide(const Workspace& workspace, const ChangeRole& command,
                        const Context& context) {
    const auto held = authorise(workspace, context.actor, Action::manage_members);
    if (!held) return Fail{held.error()};
    const Member* const target = workspace.member(command.member);
    if (target == nullptr) return no_such_member();
    const Role touched = std::max(target->role, command.role);
    if (auto objection = power_objection(*held, touched)) return Fail{std::move(*objection)};
    if (target->role == command.role) return Events{};
    if (auto objection = last_owner_objection(workspace, command.member)) {
        return Fail{std::move(*objection)};
    }
    return Events{MemberRoleChanged{command.member, command.role}};
}

// Everybody sets their own hours.
Decision<Events> decide(const Workspace& workspace, const ChangeHours& command,
                        const Context& context) {
    const bool is_own = command.member == context.actor.member;
    const auto held = authorise(workspace, context.actor,
                                is_own ? Action::leave_workspace : Action::manage_members);
    if (!held) return Fail{held.error()};
    const Member* const target = workspace.member(command.member);
    if (target == nullptr) return no_such_member();
    if (auto objection = power_objection(*held, target->role)) return Fail{std::move(*objection)};
    if (!target->user)
        return refuse(RefusalCode::state_conflict, "Hours are of people, not of programs.");
    const auto time_zone = command.time_zone.value_or(target->time_zone);
    const auto quiet_hours = command.quiet_hours.value_or(target->quiet_hours);
    FieldCheck check;
    check.require(!quiet_hours || quiet_hours->from != quiet_hours->to, "/quiet_hours", "empty",
                  "Must begin and end at different times.");
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};
    if (time_zone == target->time_zone && quiet_hours == target->quiet_hours) return Events{};
    return Events{MemberHoursChanged{command.member, time_zone, quiet_hours}};
}

Decision<Events> decide(const Workspace& workspace, const RemoveMember& command,
                        const Context& context) {
    const Member* const target = workspace.member(command.member);
    const bool leaves = command.member == context.actor.member && target && target->user;
    const auto held = authorise(workspace, context.actor,
                                leaves ? Action::leave_workspace : Action::manage_members);
    if (!held) return Fail{held.error()};
    if (target == nullptr) return no_such_member();
    if (auto objection = power_objection(*held, target->role)) return Fail{std::move(*objection)};
    if (auto objection = last_owner_objection(workspace, command.member)) {
        return Fail{std::move(*objection)};
    }
    return Events{MemberRemoved{command.member}};
}

Decision<Events> decide(const Workspace& workspace, const IssueKey& command,
                        const Context& context) {
    const auto held = authorise(workspace, context.actor, Action::manage_members);
    if (!held) return Fail{held.error()};
    const Member* const target = workspace.member(command.member);
    if (target == nullptr) return no_such_member();
    // A key is its account's power in the hands of whoever asked for it.
    if (auto objection = power_objection(*held, target->role)) return Fail{std::move(*objection)};
    if (target->user) {
        return refuse(RefusalCode::state_conflict,
                      "Keys are issued for service accounts, not for people.");
    }
    return Events{KeyIssued{context.make_id<KeyId>(0), command.member}};
}

Decision<Events> decide(const Workspace& workspace, const RevokeKey& command,
                        const Context& context) {
    const auto held = authorise(workspace, context.actor, Action::manage_members);
    if (!held) return Fail{held.error()};
    const auto key = workspace.keys.find(command.key);
    if (key == workspace.keys.end()) {
        return refuse(RefusalCode::not_found, "There is no such key in force.");
    }
    const Member* const bearer = workspace.member(key->second);
    if (bearer != nullptr) {
        if (auto objection = power_objection(*held, bearer->role)) {
            return Fail{std::move(*objection)};
        }
    }
    return Events{KeyRevoked{command.key}};
}

}  // namespace outlay::domain::workspace
