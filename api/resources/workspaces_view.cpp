// The one rendering of a workspace.
#include "api/resources/workspaces_view.hpp"

#include "platform/json/writer.hpp"

namespace outlay::api {

WorkspaceView workspace_view(const domain::WorkspaceId& id, const journal::Versioned& versioned,
                             domain::Role role) {
    const auto& workspace = std::get<domain::workspace::Workspace>(versioned.state);
    CHECK(workspace.base_currency.has_value(), "a workspace that was never created is shown");
    WorkspaceView view;
    view.id = id;
    view.name = workspace.name;
    view.base_currency = workspace.base_currency->code();
    view.time_zone = workspace.time_zone;
    view.archived = workspace.archived;
    if (workspace.closed_through) view.closed_through = workspace.closed_through->text();
    view.week_start = workspace.week_start.text();
    view.fiscal_year_start = workspace.fiscal_year_start.text();
    view.role = role;
    view.created_at = workspace.created_at.text();
    view.updated_at = workspace.updated_at.text();
    view.version = versioned.head.version;
    return view;
}

WorkspaceView workspace_row(const sql::Rows& rows, std::size_t row) {
    WorkspaceView view;
    view.id = {rows.uuid(row, 0)};
    view.name = rows.text(row, 1);
    view.base_currency = rows.text(row, 2);
    view.time_zone = rows.text(row, 3);
    view.archived = rows.integer(row, 4) != 0;
    if (!rows.is_null(row, 5)) view.closed_through = rows.text(row, 5);
    view.created_at = instant_text(rows.text(row, 6));
    view.updated_at = instant_text(rows.text(row, 7));
    view.version = static_cast<std::uint64_t>(rows.integer(row, 8));
    const auto role = role_of(rows.text(row, 9));
    CHECK(role.has_value(), "a role outside of the four");
    view.role = *role;
    view.week_start = rows.text(row, 10);
    view.fiscal_year_start = rows.text(row, 11);
    return view;
}

std::string workspace_body(const WorkspaceView& workspace) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("object", "workspace")
        .field("id", workspace.id.text())
        .field("name", workspace.name)
        .field("base_currency", workspace.base_currency)
        .field("time_zone", workspace.time_zone)
        .field("archived", workspace.archived)
        .key("closed_through");
    if (workspace.closed_through)
        out.string(*workspace.closed_through);
    else
        out.null();
    out.field("week_start", workspace.week_start)
        .field("fiscal_year_start", workspace.fiscal_year_start)
        .field("role", role_name(workspace.role))
        .field("created_at", workspace.created_at)
        .field("updated_at", workspace.updated_at)
        .field("version", static_cast<std::int64_t>(workspace.version))
        .end_object();
    return body;
}

}  // namespace outlay::api
