// The moment that a tool's user names, in a snapshot that shows all of it. Blocks; confined to the
// session's thread.
#pragma once

#include <string>

#include "app/place.hpp"
#include "app/roles.hpp"
#include "journal/moment.hpp"

namespace outlay::app {

// A sentence for an operator, and the exit status that goes with it.
struct ToolFailure {
    int status = 1;
    std::string sentence;
};
constexpr int exit_wrong = 1;  // there is no such thing, or no such moment
constexpr int exit_usage = 2;

template <typename T>
using ToolResult = domain::Result<T, ToolFailure>;

ToolFailure store_failure(const sql::Error& error);

// Whose workspace is meant: that of a thing, else the one that is named, else the only one.
struct WorkspaceWish {
    const std::string& thing;  // its id; "" : none
    const std::string& name;   // ws_...; ""
};
ToolResult<domain::WorkspaceId> workspace_in(sql::Session& session, const WorkspaceWish& wish);

// Says the sentence on standard error and answers the exit status.
int fail_with(const ToolFailure& failure);

// Where all partitions end now: what a snapshot has to show to tell of a time.
ToolResult<std::vector<std::int64_t>> journal_ends(journal::Journal& log);

struct MomentWish {
    domain::WorkspaceId workspace;
    journal::When when;
    const std::vector<std::int64_t>& ends;  // read before the snapshot was opened
    domain::Instant now;
};
ToolResult<journal::Moment> tool_moment(sql::Session& session, const MomentWish& wish);

}  // namespace outlay::app
