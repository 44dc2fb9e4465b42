// Story: all that is known of a thing that somebody asks about: the records that made it, in their
// order, and what they caused. For `outlay why`. Blocks; confined to the session's thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "journal/journal.hpp"
#include "platform/sql.hpp"
#include "workers/chapter.hpp"

namespace outlay::workers {

// An aggregate by its id; a workspace stands for its own settings, members and keys.
struct AggregateName {
    std::string text;  // exp_..., bud_..., chn_..., ws_...
};
using Reference = std::variant<journal::Position, AggregateName, domain::AlertId, domain::CommandId,
                               domain::MessageId, domain::DeliveryId>;
// Empty: nothing that a story can be told of.
std::optional<Reference> parse_reference(std::string_view text);

// What became of a command, as far as the projection has come.
struct CommandEnd {
    std::string_view state;  // applied, closed, open
    std::optional<journal::Problem> problem;
};

struct Story {
    std::string_view kind;  // record, expense, budget, channel, workspace, alert, command, message
    std::optional<domain::WorkspaceId> workspace;
    std::optional<views::AlertView> alert;
    std::string budget_name;  // of the alert's budget
    std::optional<CommandEnd> command;
    std::vector<Chapter> chapters;
};

// Empty if nothing is known of it. Ids are looked for in all workspaces.
sql::Result<std::optional<Story>> story_of(sql::Session& session, journal::Journal& log,
                                           const Reference& reference);

// The workspace that an aggregate lives in.
sql::Result<std::optional<domain::WorkspaceId>> workspace_of(sql::Session& session,
                                                             const std::string& aggregate);

}  // namespace outlay::workers
