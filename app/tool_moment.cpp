// What is not known yet is said, never passed over.
#include "app/tool_moment.hpp"

#include "journal/history.hpp"
#include "journal/record.hpp"
#include "workers/story.hpp"

namespace outlay::app {

namespace {

using domain::Fail;
using journal::Position;

ToolFailure wrong(std::string sentence) {
    return {exit_wrong, std::move(sentence)};
}

std::optional<ToolFailure> unknown_yet(const MomentWish& wish, const Position& end) {
    if (const auto* at = std::get_if<domain::Instant>(&wish.when)) {
        if (*at > wish.now) return wrong(at->text() + " lies in the future");
        return std::nullopt;
    }
    const auto& position = std::get<Position>(wish.when);
    if (position.partition != end.partition || position.offset < end.offset) return std::nullopt;
    return wrong(position.text() + " lies beyond the end of the journal: its next record is " +
                 end.text());
}

ToolResult<domain::WorkspaceId> workspace_of_thing(sql::Session& session, const std::string& id) {
    const auto found = workers::workspace_of(session, id);
    if (!found.ok()) return Fail{store_failure(found.error())};
    if (!*found)
        return Fail{wrong("nothing is known of " + id + ", as far as the projection has come")};
    return **found;
}

ToolResult<domain::WorkspaceId> named_workspace(sql::Session& session, const std::string& name) {
    if (!name.empty()) {
        if (!domain::WorkspaceId::parse(name))
            return Fail{ToolFailure{exit_usage, "--workspace: \"" + name + "\" is no ws_..."}};
        return workspace_of_thing(session, name);
    }
    const auto rows = session.query("SELECT w.workspace FROM read.workspaces w LIMIT 2");
    if (!rows.ok()) return Fail{store_failure(rows.error())};
    if (rows->size() != 1) {
        return Fail{ToolFailure{exit_usage, rows->empty() ? "there is no workspace"
                                                          : "there are several workspaces: name "
                                                            "one with --workspace"}};
    }
    return domain::WorkspaceId{rows->uuid(0, 0)};
}

}  // namespace

ToolFailure store_failure(const sql::Error& error) {
    return {not_finished, "the store: " + error.detail};
}

ToolResult<domain::WorkspaceId> workspace_in(sql::Session& session, const WorkspaceWish& wish) {
    return wish.thing.empty() ? named_workspace(session, wish.name)
                              : workspace_of_thing(session, wish.thing);
}

int fail_with(const ToolFailure& failure) {
    fail(failure.sentence);
    return failure.status;
}

ToolResult<std::vector<std::int64_t>> journal_ends(journal::Journal& log) {
    std::vector<std::int64_t> ends;
    for (std::int32_t partition = 0; partition < log.partition_count(); ++partition) {
        const auto end = log.end(partition);
        if (!end.ok()) return Fail{ToolFailure{not_finished, "the journal: " + end.error().detail}};
        ends.push_back(*end);
    }
    return ends;
}

ToolResult<journal::Moment> tool_moment(sql::Session& session, const MomentWish& wish) {
    const auto partitions = static_cast<std::int32_t>(wish.ends.size());
    const auto partition = journal::partition_of(wish.workspace, partitions);
    const Position end{partition, wish.ends[static_cast<std::size_t>(partition)]};
    if (auto unknown = unknown_yet(wish, end)) return Fail{std::move(*unknown)};
    const auto* position = std::get_if<Position>(&wish.when);
    const bool is_position_here = position && position->partition == partition;
    const Position needed = is_position_here ? *position : Position{partition, end.offset - 1};
    const auto shown = journal::shows(session, needed);
    if (!shown.ok()) return Fail{store_failure(shown.error())};
    auto moment = journal::moment_of(session, wish.workspace, partitions, wish.when);
    if (!moment.ok()) return Fail{store_failure(moment.error())};
    if (!moment->ok()) return Fail{wrong(moment->error().detail)};
    if (!*shown && !(*moment)->has_later) {
        return Fail{ToolFailure{not_finished, "the projection has not come to " + needed.text() +
                                                  " yet; `outlay status` says how far it is"}};
    }
    return std::move(**moment);
}

}  // namespace outlay::app
