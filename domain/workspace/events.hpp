// Facts of a workspace: settings, people and service accounts with their roles, key facts, closed
// periods. These are storage format: fields are only ever added. People appear as ids only, never
// with names.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "domain/context.hpp"
#include "domain/values/calendar.hpp"
#include "domain/values/money.hpp"

namespace outlay::domain::workspace {

struct WorkspaceCreated {
    std::string name;
    Currency base_currency;
    std::string time_zone;  // IANA name
    MemberId owner;         // becomes the first member, with role owner
    UserId owner_user;
    bool operator==(const WorkspaceCreated&) const = default;
};
struct WorkspaceSettingsChanged {  // only what changed is set
    std::optional<std::string> name{};
    std::optional<Currency> base_currency{};
    std::optional<std::string> time_zone{};
    std::optional<Weekday> week_start{};
    std::optional<YearDay> fiscal_year_start{};
    bool operator==(const WorkspaceSettingsChanged&) const = default;
};
struct WorkspaceArchived {
    bool operator==(const WorkspaceArchived&) const = default;
};
struct WorkspaceRestored {
    bool operator==(const WorkspaceRestored&) const = default;
};
struct MemberAdded {  // a person
    MemberId member;
    UserId user;
    Role role = Role::viewer;
    bool operator==(const MemberAdded&) const = default;
};
struct ServiceAccountAdded {  // a program; its name is no personal data
    MemberId member;
    std::string name;
    Role role = Role::viewer;
    bool operator==(const ServiceAccountAdded&) const = default;
};
struct MemberRoleChanged {
    MemberId member;
    Role role = Role::viewer;
    bool operator==(const MemberRoleChanged&) const = default;
};
// From `from` until `to` of the day; `to` may be earlier: until the next morning.
struct QuietHours {
    TimeOfDay from;
    TimeOfDay to;
    bool operator==(const QuietHours&) const = default;
};
struct MemberHoursChanged {  // all of them as they are from now on
    MemberId member;
    std::optional<std::string> time_zone{};  // IANA name; left out: the workspace's
    std::optional<QuietHours> quiet_hours{};
    bool operator==(const MemberHoursChanged&) const = default;
};
struct MemberRemoved {  // all keys of the member end with it
    MemberId member;
    bool operator==(const MemberRemoved&) const = default;
};
struct KeyIssued {  // the secret is never part of an event
    KeyId key;
    MemberId member;
    bool operator==(const KeyIssued&) const = default;
};
struct KeyRevoked {
    KeyId key;
    bool operator==(const KeyRevoked&) const = default;
};
struct PeriodClosed {  // every day up to and including `through` is closed
    Date through;
    bool operator==(const PeriodClosed&) const = default;
};
struct PeriodReopened {  // days after `through` are open again; empty: all days
    std::optional<Date> through{};
    std::string reason;
    bool operator==(const PeriodReopened&) const = default;
};

using Event =
    std::variant<WorkspaceCreated, WorkspaceSettingsChanged, WorkspaceArchived, WorkspaceRestored,
                 MemberAdded, ServiceAccountAdded, MemberRoleChanged, MemberRemoved, KeyIssued,
                 KeyRevoked, PeriodClosed, PeriodReopened, MemberHoursChanged>;

}  // namespace outlay::domain::workspace
