// Projections fact by fact, budgets commit by commit, then one bulk write per table.
#include "workers/commit_projection.hpp"

#include "workers/projection.hpp"

namespace outlay::workers {

sql::Result<effects::Notices> project_commits(sql::Session& session, RowChanges& changes,
                                              CommitBatch batch) {
    BudgetWatch watch(session, changes, batch.known, std::move(batch.effects_from));
    auto done = watch.expect(batch.commits);
    for (const auto& commit : batch.commits) {
        if (!done.ok()) return domain::Fail{done.error()};
        for (const auto& fact : commit.facts) {
            for (const auto projection : projections()) projection(fact, changes);
        }
        done = watch.observe(commit);
    }
    if (!done.ok()) return domain::Fail{done.error()};
    watch.write();
    done = changes.flush(session);
    if (done.ok()) done = effects::announce(session, watch.notices());
    if (!done.ok()) return domain::Fail{done.error()};
    return watch.notices();
}

}  // namespace outlay::workers
