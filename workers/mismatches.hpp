// Mismatches: workspaces whose rows differ from what follows from their events, kept until they
// agree again (ADR 0051). Whoever finds one, or its end, notes it here; the workspace gets one
// notice of each, however often and by whomever it is seen. Confined to the session's thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/values/dates.hpp"
#include "domain/values/ids.hpp"
#include "journal/position.hpp"
#include "platform/sql.hpp"
#include "workers/row_comparison.hpp"

namespace outlay::workers {

// What a comparison at `position` found.
struct Mismatch {
    domain::WorkspaceId workspace;
    journal::Position position;
    std::int64_t differing = 0;  // rows
    Difference first;
    std::string found_at{};  // filled in when read
};

sql::Status note_mismatch(sql::Session& session, const Mismatch& mismatch, domain::Instant now);
// All rows agree. Answers whether they did not before.
sql::Result<bool> note_match(sql::Session& session, const domain::WorkspaceId& workspace,
                             const journal::Position& position, domain::Instant now);

// What continuous reconciliation did and found.
struct ReconciliationStatus {
    std::int64_t looks = 0;   // at workspaces
    std::int64_t rounds = 0;  // in which every workspace was looked at
    std::string looked_at{};  // last; "" for never
    std::vector<Mismatch> mismatches{};
};
sql::Result<ReconciliationStatus> reconciliation_status(sql::Session& session);

}  // namespace outlay::workers
