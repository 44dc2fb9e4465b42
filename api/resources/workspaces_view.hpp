// A workspace as the API shows it, made from a folded state or from a row. `role` is the caller's.
// Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/resources/call.hpp"

namespace outlay::api {

struct WorkspaceView {
    domain::WorkspaceId id;
    std::string name;
    std::string base_currency;
    std::string time_zone;
    bool archived = false;
    std::optional<std::string> closed_through;
    std::string week_start;
    std::string fiscal_year_start;
    domain::Role role = domain::Role::viewer;
    std::string created_at;
    std::string updated_at;
    std::uint64_t version = 0;
};

WorkspaceView workspace_view(const domain::WorkspaceId& id, const journal::Versioned& versioned,
                             domain::Role role);

// The columns of read.workspaces w and read.members m that a view is made of, in the order that
// workspace_row expects.
inline constexpr std::string_view workspace_columns =
    "w.workspace, w.name, w.base_currency, w.time_zone, w.archived, w.closed_through, w.created_at,"
    " w.updated_at, w.version, m.role, w.week_start, w.fiscal_year_start";
WorkspaceView workspace_row(const sql::Rows& rows, std::size_t row);

std::string workspace_body(const WorkspaceView& workspace);

}  // namespace outlay::api
