// The state of one workspace, folded from its events. Values; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "domain/workspace/events.hpp"

namespace outlay::domain::workspace {

struct Member {
    std::optional<UserId> user;  // set for people
    std::string name;            // of a service account; empty for people
    Role role = Role::viewer;
    Instant added_at;
    Instant updated_at;         // of the last change to the member or its keys
    std::uint64_t version = 0;  // of the workspace after that change
    // Where the member lives, if not where the workspace is, and when to be left alone.
    std::optional<std::string> time_zone{};
    std::optional<QuietHours> quiet_hours{};
    bool operator==(const Member&) const = default;
};

struct Workspace {
    bool exists = false;
    bool archived = false;
    std::string name;
    std::optional<Currency> base_currency;
    std::string time_zone;
    Weekday week_start;                  // where periods of whole weeks begin that name no anchor,
    YearDay fiscal_year_start;           // and those of quarters, half years and years
    std::map<MemberId, Member> members;  // present members only
    std::map<KeyId, MemberId> keys;      // keys in force
    std::optional<Date> closed_through;
    Instant created_at;
    Instant updated_at;
    bool operator==(const Workspace&) const = default;

    const Member* member(const MemberId& id) const;
    const Member* member_of_user(const UserId& user, MemberId* id = nullptr) const;
    bool is_closed(Date day) const { return closed_through && day <= *closed_through; }
};

void evolve(Workspace& state, const Event& event, const EventMeta& meta);

}  // namespace outlay::domain::workspace
