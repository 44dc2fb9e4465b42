// The stored form of workspace events.
#include "events/family.hpp"
#include "events/value_fields.hpp"

namespace outlay::events {

namespace workspace = domain::workspace;

template <>
struct Layout<workspace::WorkspaceCreated> {
    static constexpr std::string_view type = "workspace.created";
    static constexpr std::int64_t schema = 1;
    using Event = workspace::WorkspaceCreated;
    static constexpr auto fields =
        std::tuple(Field{"name", &Event::name}, Field{"base_currency", &Event::base_currency},
                   Field{"time_zone", &Event::time_zone}, Field{"owner", &Event::owner},
                   Field{"owner_user", &Event::owner_user});
};

template <>
struct Layout<workspace::WorkspaceSettingsChanged> {
    static constexpr std::string_view type = "workspace.settings_changed";
    static constexpr std::int64_t schema = 1;
    using Event = workspace::WorkspaceSettingsChanged;
    static constexpr auto fields =
        std::tuple(Field{"name", &Event::name}, Field{"base_currency", &Event::base_currency},
                   Field{"time_zone", &Event::time_zone}, Field{"week_start", &Event::week_start},
                   Field{"fiscal_year_start", &Event::fiscal_year_start});
};

template <>
struct Layout<workspace::WorkspaceArchived> {
    static constexpr std::string_view type = "workspace.archived";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple();
};

template <>
struct Layout<workspace::WorkspaceRestored> {
    static constexpr std::string_view type = "workspace.restored";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple();
};

template <>
struct Layout<workspace::MemberAdded> {
    static constexpr std::string_view type = "member.added";
    static constexpr std::int64_t schema = 1;
    using Event = workspace::MemberAdded;
    static constexpr auto fields = std::tuple(
        Field{"member", &Event::member}, Field{"user", &Event::user}, Field{"role", &Event::role});
};

template <>
struct Layout<workspace::ServiceAccountAdded> {
    static constexpr std::string_view type = "service_account.added";
    static constexpr std::int64_t schema = 1;
    using Event = workspace::ServiceAccountAdded;
    static constexpr auto fields = std::tuple(
        Field{"member", &Event::member}, Field{"name", &Event::name}, Field{"role", &Event::role});
};

template <>
struct Layout<workspace::MemberRoleChanged> {
    static constexpr std::string_view type = "member.role_changed";
    static constexpr std::int64_t schema = 1;
    using Event = workspace::MemberRoleChanged;
    static constexpr auto fields =
        std::tuple(Field{"member", &Event::member}, Field{"role", &Event::role});
};

template <>
struct Layout<workspace::QuietHours> {
    static constexpr auto fields = std::tuple(Field{"from", &workspace::QuietHours::from},
                                              Field{"to", &workspace::QuietHours::to});
};

template <>
struct Layout<workspace::MemberHoursChanged> {
    static constexpr std::string_view type = "member.hours_changed";
    static constexpr std::int64_t schema = 1;
    using Event = workspace::MemberHoursChanged;
    static constexpr auto fields =
        std::tuple(Field{"member", &Event::member}, Field{"time_zone", &Event::time_zone},
                   Field{"quiet_hours", &Event::quiet_hours});
};

template <>
struct Layout<workspace::MemberRemoved> {
    static constexpr std::string_view type = "member.removed";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple(Field{"member", &workspace::MemberRemoved::member});
};

template <>
struct Layout<workspace::KeyIssued> {
    static constexpr std::string_view type = "key.issued";
    static constexpr std::int64_t schema = 1;
    using Event = workspace::KeyIssued;
    static constexpr auto fields =
        std::tuple(Field{"key", &Event::key}, Field{"member", &Event::member});
};

template <>
struct Layout<workspace::KeyRevoked> {
    static constexpr std::string_view type = "key.revoked";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple(Field{"key", &workspace::KeyRevoked::key});
};

template <>
struct Layout<workspace::PeriodClosed> {
    static constexpr std::string_view type = "period.closed";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields = std::tuple(Field{"through", &workspace::PeriodClosed::through});
};

template <>
struct Layout<workspace::PeriodReopened> {
    static constexpr std::string_view type = "period.reopened";
    static constexpr std::int64_t schema = 1;
    using Event = workspace::PeriodReopened;
    static constexpr auto fields =
        std::tuple(Field{"through", &Event::through}, Field{"reason", &Event::reason});
};

std::span<const TypeEntry> workspace_types() {
    return TypeTable<workspace::Event>::entries;
}

void write_data(json::Writer& writer, const workspace::Event& event) {
    write_event(writer, event);
}

}  // namespace outlay::events
