// Effects that facts ask for, as rows of the outbox. Ids derive from the facts, and a row that
// exists already is left alone, so neither replay nor rebuild asks twice. Pure, except for the mark
// per partition; any thread.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "journal/journal.hpp"
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
};
inline constexpr sql::Table outbox{"outlay.outbox", columns, 1};

// Facts above the offset of their partition ask for effects; in a partition without one all do.
using Marks = std::map<std::int32_t, std::int64_t>;

sql::Result<Marks> marks_of(sql::Session& session);
// Suppresses the effects of everything up to `offset`, unless the partition has a mark already.
sql::Status begin(sql::Session& session, std::int32_t partition, std::int64_t offset);
// The same for every partition without a mark, up to its end as it is now: to be called before the
// first command of a new installation is taken, so that nothing of its own is suppressed. Blocks.
sql::Status begin_all(sql::Store& store, journal::Journal& log);

// What is told about an alert.
struct AlertNotice {
    domain::WorkspaceId workspace;
    domain::AlertId alert;
    domain::BudgetId budget;
    domain::ThresholdId threshold;
    domain::budget::Period period;
    std::string_view state;  // raised or resolved
    std::int64_t spent_minor = 0;
    std::int64_t limit_minor = 0;
    std::string_view currency;
    std::optional<domain::ExpenseId> expense;
    std::string_view basis;  // actual or forecast
    std::string_view level;  // within, reached or exceeded, as of now
    std::optional<std::int64_t> projected_minor;
};
void announce(const AlertNotice& notice, const AdmittedCommit& cause, RowChanges& changes);

}  // namespace outlay::workers::effects
