// Moment: a point in the life of one workspace, named by a position or by a time, and the commits
// that were facts then. Time is when records were appended, told by the journal's own clock; a
// workspace lives in one partition, so a moment cuts its commits in two (ADR 0043). Confined to the
// session's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/values/dates.hpp"
#include "journal/position.hpp"
#include "platform/sql.hpp"

namespace outlay::journal {

// A position stands for itself and all before it; a time for all that was appended by then.
using When = std::variant<Position, domain::Instant>;
// "3:1042" or RFC 3339; empty for anything else.
std::optional<When> parse_when(std::string_view text);

struct Moment {
    domain::WorkspaceId workspace;
    Position position;  // the last record of the workspace that counts
    // The time that was asked for; of a position, when that record was appended.
    domain::Instant at;
    // Offsets of the commits that count and changed something, in order.
    std::vector<std::int64_t> commits;
    // The snapshot shows a later one. So nothing of a time can be missing; without, more may come
    // until the projection has passed what the journal holds now.
    bool has_later = false;
};

// Why there is no such moment.
struct NoMoment {
    enum class Kind {
        other_partition,   // the position is in one where the workspace does not live
        before_workspace,  // it had not been made
    };
    Kind kind = Kind::other_partition;
    std::string detail;
};
using FoundMoment = domain::Result<Moment, NoMoment>;

// Whoever asks sees to it that the snapshot shows a position, or all that can belong to a time.
// Costs a look at every event of the workspace.
sql::Result<FoundMoment> moment_of(sql::Session& session, const domain::WorkspaceId& workspace,
                                   std::int32_t partition_count, const When& when);

// The version that an aggregate of the workspace had then; 0: it did not exist.
sql::Result<std::uint64_t> version_at(sql::Session& session, std::string_view aggregate,
                                      const Moment& moment);

}  // namespace outlay::journal
