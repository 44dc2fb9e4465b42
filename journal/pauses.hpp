// Pauses: what operators have stopped for a while (docs/adr/0045-pauses.md). They stand in the
// store beside what can be rebuilt, and take no part in any verdict: what is in the journal is
// judged as ever.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/values/dates.hpp"
#include "domain/values/ids.hpp"
#include "platform/sql.hpp"

namespace outlay::journal {

enum class Pausable {
    commands,    // nothing is appended on behalf of clients, or of the scheduler
    projector,   // nothing is projected
    deliveries,  // nothing is sent to channels
};
std::string_view pausable_name(Pausable what);
std::optional<Pausable> pausable_of(std::string_view name);

struct PauseScope {
    Pausable what = Pausable::commands;
    std::optional<domain::WorkspaceId> workspace{};  // of commands and deliveries; empty: of all
    std::optional<std::int32_t> partition{};         // of the projector; empty: all
    bool operator==(const PauseScope&) const = default;

    // "commands", "deliveries ws_...", "projector 3".
    std::string text() const;
    bool covers(const domain::WorkspaceId& some) const { return !workspace || *workspace == some; }
    bool covers(std::int32_t some) const { return !partition || *partition == some; }
};

struct Pause {
    PauseScope scope;
    std::string reason;
    std::string by;  // the operator
    domain::Instant since;
};
// All that there are, the oldest first. On the session's thread.
sql::Result<std::vector<Pause>> pauses(sql::Session& session);
// The oldest one that holds commands of the workspace.
const Pause* pause_of_commands(const std::vector<Pause>& all, const domain::WorkspaceId& workspace);

// Condition on a table with a column `workspace`, whose whole name has to be given: no pause holds
// deliveries of its workspace.
std::string deliveries_flow(std::string_view table);

// The pauses as a process last saw them, for those who cannot ask the store each time. Any thread;
// only `refresh` blocks.
class PauseBoard {
public:
    // Reads them; on an error those that were known hold on.
    sql::Status refresh(sql::Store& store);

    std::optional<Pause> of_commands(const domain::WorkspaceId& workspace) const;
    bool holds_projector(std::int32_t partition) const;
    // For people: "paused since ... by ...: reason" for all pauses of this, "" if there is none.
    std::string remark(Pausable what) const;

private:
    mutable std::mutex mutex_;  // guards what follows
    std::vector<Pause> pauses_;
};

}  // namespace outlay::journal
