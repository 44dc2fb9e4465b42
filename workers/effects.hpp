// Effects that facts ask for, as rows of the outbox. Ids derive from the facts, and a row that
// exists already is left alone, so neither replay nor rebuild asks twice. Pure, except for the mark
// per partition; any thread.
#pragma once

#include <array>
#include <map>
#include <string_view>
#include <vector>

#include "journal/journal.hpp"
#include "platform/sql.hpp"
#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers::effects {

inline constexpr std::array columns{
    sql::Column{"id", sql::Type::uuid},
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"kind", sql::Type::text},
    sql::Column{"payload", sql::Type::text},
    sql::Column{"log_partition", sql::Type::integer},
    sql::Column{"log_offset", sql::Type::integer},
    sql::Column{"created_at", sql::Type::timestamp},
    sql::Column{"severity", sql::Type::text},
    sql::Column{"budget", sql::Type::uuid},
    sql::Column{"member", sql::Type::uuid},
    sql::Column{"channel", sql::Type::uuid},
    sql::Column{"is_change", sql::Type::boolean},
};
inline constexpr sql::Table outbox{"outlay.outbox", columns, 1};

// Facts above the offset of their partition ask for effects; in a partition without one all do.
// What was imported never does.
using Marks = std::map<std::int32_t, std::int64_t>;

sql::Result<Marks> marks_of(sql::Session& session);
bool has_effects(const Marks& marks, const AdmittedCommit& commit);
// Suppresses the effects of everything up to `offset`, unless the partition has a mark already.
sql::Status begin(sql::Session& session, std::int32_t partition, std::int64_t offset);
// The same for every partition without a mark, up to its end as it is now: to be called before the
// first command of a new installation is taken, so that nothing of its own is suppressed. Blocks.
sql::Status begin_all(sql::Store& store, journal::Journal& log);

// What happened to an alert, told when its batch ends: by then its row has all that the message
// shows.
struct AlertNotice {
    domain::WorkspaceId workspace;
    domain::AlertId alert;
    std::string_view state;  // raised or resolved; static storage
    journal::Position position;
    domain::Instant at;
    std::optional<domain::MemberId> member;  // whose expense it was
};
using Notices = std::vector<AlertNotice>;
// Asks for a message for each. The rows of the batch are in the store already. A message shows the
// alert as it was when it was raised, or resolved: no batching changes it.
sql::Status announce(sql::Session& session, const Notices& notices);

// Asks for the test message of a channel that has to be confirmed, if the fact made it one.
void ask_to_confirm(const Fact& fact, RowChanges& changes);

}  // namespace outlay::workers::effects
