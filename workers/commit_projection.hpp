// Commit projection: everything that admitted commits make of the read models, written in the
// session's transaction. Shared by all who carry a generation forward and by those who look at a
// past. Confined to one thread.
#pragma once

#include <optional>
#include <span>

#include "workers/budget_watch.hpp"
#include "workers/effects.hpp"
#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers {

struct CommitBatch {
    std::span<const AdmittedCommit> commits;
    BudgetWatch::Known known;                      // of their workspaces, moved on
    std::optional<effects::Marks> effects_from{};  // empty: nothing has effects
};

// What of it is told. `changes` may hold rows of admission's already; it is empty again behind it.
sql::Result<effects::Notices> project_commits(sql::Session& session, RowChanges& changes,
                                              CommitBatch batch);

}  // namespace outlay::workers
