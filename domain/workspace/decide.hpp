// What may be asked of a workspace, and the rules that answer. One pure function per command. A
// decision without events is a no-op: the wished state is there already.
#pragma once

#include <vector>

#include "domain/values/refusal.hpp"
#include "domain/workspace/state.hpp"

namespace outlay::domain::workspace {

using Events = std::vector<Event>;

struct CreateWorkspace {
    std::string name;
    Currency base_currency;
    std::string time_zone;  // the caller has checked that the zone exists
    UserId owner_user;
};
struct ChangeSettings {
    std::optional<std::string> name{};
    std::optional<Currency> base_currency{};
    std::optional<std::string> time_zone{};
    std::optional<Weekday> week_start{};
    std::optional<YearDay> fiscal_year_start{};
};
struct ArchiveWorkspace {};
struct RestoreWorkspace {};
struct AddMember {
    UserId user;
    Role role = Role::viewer;
};
struct AddServiceAccount {  // issues a key too: index 1 of the derived ids
    std::string name;
    Role role = Role::viewer;
};
struct ChangeRole {
    MemberId member;
    Role role = Role::viewer;
};
struct ChangeHours {  // unset: unchanged; inner empty: none of the member's own
    MemberId member;
    std::optional<std::optional<std::string>> time_zone{};  // the caller has checked that it exists
    std::optional<std::optional<QuietHours>> quiet_hours{};
};
struct RemoveMember {
    MemberId member;
};
struct IssueKey {
    MemberId member;  // a service account
};
struct RevokeKey {
    KeyId key;
};
struct ClosePeriod {
    Date through;
};
struct ReopenPeriod {
    std::optional<Date> through{};
    std::string reason;
};

Decision<Events> decide(const Workspace&, const CreateWorkspace&, const Context&);
Decision<Events> decide(const Workspace&, const ChangeSettings&, const Context&);
Decision<Events> decide(const Workspace&, const ArchiveWorkspace&, const Context&);
Decision<Events> decide(const Workspace&, const RestoreWorkspace&, const Context&);
Decision<Events> decide(const Workspace&, const AddMember&, const Context&);
Decision<Events> decide(const Workspace&, const AddServiceAccount&, const Context&);
Decision<Events> decide(const Workspace&, const ChangeRole&, const Context&);
Decision<Events> decide(const Workspace&, const ChangeHours&, const Context&);
Decision<Events> decide(const Workspace&, const RemoveMember&, const Context&);
Decision<Events> decide(const Workspace&, const IssueKey&, const Context&);
Decision<Events> decide(const Workspace&, const RevokeKey&, const Context&);
Decision<Events> decide(const Workspace&, const ClosePeriod&, const Context&);
Decision<Events> decide(const Workspace&, const ReopenPeriod&, const Context&);

}  // namespace outlay::domain::workspace
