// How events change a workspace. Events are facts: they are applied without being questioned, and
// one about a member or key that is gone changes nothing.
#include "domain/workspace/state.hpp"

#include <algorithm>

namespace outlay::domain::workspace {

namespace {

// Notes that a member changed, and when.
void touch(Workspace& state, const MemberId& id, const EventMeta& meta) {
    const auto member = state.members.find(id);
    if (member == state.members.end()) return;
    member->second.updated_at = meta.decided_at;
    member->second.version = meta.version;
}

void apply(Workspace& state, const WorkspaceCreated& event, const EventMeta& meta) {
    state.exists = true;
    state.name = event.name;
    state.base_currency = event.base_currency;
    state.time_zone = event.time_zone;
    state.created_at = meta.decided_at;
    state.members[event.owner] =
        Member{event.owner_user, "", Role::owner, meta.decided_at, meta.decided_at, meta.version};
}

void apply(Workspace& state, const WorkspaceSettingsChanged& event, const EventMeta&) {
    if (event.name) state.name = *event.name;
    if (event.base_currency) state.base_currency = event.base_currency;
    if (event.time_zone) state.time_zone = *event.time_zone;
    if (event.week_start) state.week_start = *event.week_start;
    if (event.fiscal_year_start) state.fiscal_year_start = *event.fiscal_year_start;
}

void apply(Workspace& state, const WorkspaceArchived&, const EventMeta&) {
    state.archived = true;
}

void apply(Workspace& state, const WorkspaceRestored&, const EventMeta&) {
    state.archived = false;
}

void apply(Workspace& state, const MemberAdded& event, const EventMeta& meta) {
    state.members[event.member] =
        Member{event.user, "", event.role, meta.decided_at, meta.decided_at, meta.version};
}

void apply(Workspace& state, const ServiceAccountAdded& event, const EventMeta& meta) {
    state.members[event.member] = Member{std::nullopt,    event.name,      event.role,
                                         meta.decided_at, meta.decided_at, meta.version};
}

void apply(Workspace& state, const MemberRoleChanged& event, const EventMeta& meta) {
    const auto member = state.members.find(event.member);
    if (member != state.members.end()) member->second.role = event.role;
    touch(state, event.member, meta);
}

void apply(Workspace& state, const MemberHoursChanged& event, const EventMeta& meta) {
    const auto member = state.members.find(event.member);
    if (member == state.members.end()) return;
    member->second.time_zone = event.time_zone;
    member->second.quiet_hours = event.quiet_hours;
    touch(state, event.member, meta);
}

void apply(Workspace& state, const MemberRemoved& event, const EventMeta&) {
    state.members.erase(event.member);
    std::erase_if(state.keys, [&](const auto& key) { return key.second == event.member; });
}

void apply(Workspace& state, const KeyIssued& event, const EventMeta& meta) {
    state.keys[event.key] = event.member;
    touch(state, event.member, meta);
}

void apply(Workspace& state, const KeyRevoked& event, const EventMeta& meta) {
    const auto key = state.keys.find(event.key);
    if (key == state.keys.end()) return;
    touch(state, key->second, meta);
    state.keys.erase(key);
}

void apply(Workspace& state, const PeriodClosed& event, const EventMeta&) {
    state.closed_through = event.through;
}

void apply(Workspace& state, const PeriodReopened& event, const EventMeta&) {
    state.closed_through = event.through;
}

}  // namespace

void evolve(Workspace& state, const Event& event, const EventMeta& meta) {
    std::visit([&](const auto& fact) { apply(state, fact, meta); }, event);
    state.updated_at = meta.decided_at;
}

const Member* Workspace::member(const MemberId& id) const {
    const auto found = members.find(id);
    return found == members.end() ? nullptr : &found->second;
}

const Member* Workspace::member_of_user(const UserId& user, MemberId* id) const {
    const auto found =
        std::ranges::find_if(members, [&](const auto& entry) { return entry.second.user == user; });
    if (found == members.end()) return nullptr;
    if (id != nullptr) *id = found->first;
    return &found->second;
}

}  // namespace outlay::domain::workspace
