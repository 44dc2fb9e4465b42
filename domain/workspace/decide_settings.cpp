// Deciders for the workspace itself: create, settings, archive, restore, closed periods.
#include "domain/values/field_check.hpp"
#include "domain/workspace/authorise.hpp"
#include "domain/workspace/decide.hpp"

namespace outlay::domain::workspace {

namespace {

// IANA names are short; the caller has looked the zone up, so this only guards the log.
constexpr TextRule time_zone_text{64};

// The wished value if it differs from the present one.
template <typename Present, typename Wished>
std::optional<Wished> difference(const Present& present, const std::optional<Wished>& wished) {
    return wished && present != *wished ? wished : std::nullopt;
}

}  // namespace

Decision<Events> decide(const Workspace& workspace, const CreateWorkspace& command,
                        const Context& context) {
    if (workspace.exists) {
        return refuse(RefusalCode::already_exists, "The workspace exists already.");
    }
    FieldCheck check;
    check.text("/name", command.name, name_text);
    check.text("/time_zone", command.time_zone, time_zone_text);
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};
    // Index 0 of the derived ids is the workspace itself.
    const auto owner = context.make_id<MemberId>(1);
    return Events{WorkspaceCreated{command.name, command.base_currency, command.time_zone, owner,
                                   command.owner_user}};
}

Decision<Events> decide(const Workspace& workspace, const ChangeSettings& command,
                        const Context& context) {
    const auto role = authorise(workspace, context.actor, Action::manage_settings);
    if (!role) return Fail{role.error()};
    FieldCheck check;
    if (command.name) check.text("/name", *command.name, name_text);
    if (command.time_zone) check.text("/time_zone", *command.time_zone, time_zone_text);
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};

    const WorkspaceSettingsChanged changed{
        difference(workspace.name, command.name),
        difference(workspace.base_currency, command.base_currency),
        difference(workspace.time_zone, command.time_zone),
        difference(workspace.week_start, command.week_start),
        difference(workspace.fiscal_year_start, command.fiscal_year_start)};
    if (changed == WorkspaceSettingsChanged{}) return Events{};
    return Events{changed};
}

Decision<Events> decide(const Workspace& workspace, const ArchiveWorkspace&,
                        const Context& context) {
    const auto role = authorise(workspace, context.actor, Action::archive_workspace);
    if (!role) return Fail{role.error()};
    if (workspace.archived) return Events{};
    return Events{WorkspaceArchived{}};
}

Decision<Events> decide(const Workspace& workspace, const RestoreWorkspace&,
                        const Context& context) {
    const auto role = authorise(workspace, context.actor, Action::archive_workspace);
    if (!role) return Fail{role.error()};
    if (!workspace.archived) return Events{};
    return Events{WorkspaceRestored{}};
}

Decision<Events> decide(const Workspace& workspace, const ClosePeriod& command,
                        const Context& context) {
    const auto role = authorise(workspace, context.actor, Action::close_periods);
    if (!role) return Fail{role.error()};
    FieldCheck check;
    check.day("/through", command.through);
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};
    if (workspace.is_closed(command.through)) return Events{};
    return Events{PeriodClosed{command.through}};
}

Decision<Events> decide(const Workspace& workspace, const ReopenPeriod& command,
                        const Context& context) {
    const auto role = authorise(workspace, context.actor, Action::reopen_periods);
    if (!role) return Fail{role.error()};
    FieldCheck check;
    if (command.through) check.day("/through", *command.through);
    check.text("/reason", command.reason, note_text);
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};
    // Without a last closed day nothing is closed, and an empty one compares below every day.
    if (command.through >= workspace.closed_through) return Events{};
    return Events{PeriodReopened{command.through, command.reason}};
}

}  // namespace outlay::domain::workspace
