// Claims, the walk along the workspaces, and one comparison.
#include "workers/reconciliation.hpp"

#include <algorithm>
#include <array>

#include "journal/history.hpp"
#include "journal/record.hpp"
#include "journal/tables.hpp"
#include "platform/log.hpp"
#include "workers/cells.hpp"
#include "workers/projection.hpp"
#include "workers/row_comparison.hpp"
#include "workers/stored_commits.hpp"

namespace outlay::workers {

namespace {

using domain::Done;
using domain::Fail;

// Of records that were refused nothing is kept to fold; gates belong to partitions.
constexpr std::array<const sql::Table*, 2> unknowable{&journal::tables::rejections,
                                                      &journal::tables::gates};
constexpr journal::ReadLimits small_batches{.records_max = 500};

Fail<std::string> store_failed(const sql::Error& error) {
    return Fail{"the store: " + error.detail};
}

// What nobody ever looked at comes first.
constexpr std::string_view oldest_sql =
    "SELECT log_partition, looked_through FROM outlay.reconciliations"
    " WHERE claimed_until IS NULL OR claimed_until <= $1 OR claimed_by = $2"
    " ORDER BY looked_at IS NOT NULL, looked_at, log_partition LIMIT 1";

struct Place {
    std::int32_t partition = 0;
    domain::WorkspaceId looked_through;
};

struct Claim {
    const std::string& holder;
    domain::Instant now;
    std::chrono::microseconds length;
};

// A claim of one's own was left behind by an earlier process.
sql::Result<std::optional<Place>> claim_partition(sql::Session& session, const Claim& claim) {
    const auto now = cell(claim.now);
    const auto until = cell(domain::Instant{claim.now.micros + claim.length.count()});
    const auto made = session.execute(
        "INSERT INTO outlay.reconciliations (log_partition) SELECT log_partition"
        " FROM read.checkpoints WHERE TRUE ON CONFLICT (log_partition) DO NOTHING");
    if (!made.ok()) return Fail{made.error()};
    const auto rows = session.query(oldest_sql, std::array{now, cell(claim.holder)});
    if (!rows.ok()) return Fail{rows.error()};
    if (rows->empty()) return std::optional<Place>{};
    const Place place{static_cast<std::int32_t>(rows->integer(0, 0)),
                      {rows->optional_uuid(0, 1).value_or(domain::Uuid{})}};
    const std::array parameters{until, cell(place.partition), now, cell(claim.holder)};
    const auto claimed = session.execute(
        "UPDATE outlay.reconciliations SET claimed_until = $1, claimed_by = $4"
        " WHERE log_partition = $2"
        " AND (claimed_until IS NULL OR claimed_until <= $3 OR claimed_by = $4)",
        parameters);
    if (!claimed.ok()) return Fail{claimed.error()};
    return *claimed == 1 ? std::optional(place) : std::nullopt;
}

// The next one of which there are commits or rows: what somebody deletes by hand is not all at
// once.
sql::Result<std::optional<domain::WorkspaceId>> workspace_behind(sql::Session& session,
                                                                 const domain::WorkspaceId& last) {
    std::optional<domain::WorkspaceId> found;
    for (const std::string table : {"read.commits", "read.workspaces"}) {
        const auto rows = session.query(
            "SELECT workspace FROM " + table + " WHERE workspace > $1 ORDER BY workspace LIMIT 1",
            std::array{cell(last)});
        if (!rows.ok()) return Fail{rows.error()};
        if (rows->empty()) continue;
        const domain::WorkspaceId next{rows->uuid(0, 0)};
        if (!found || next < *found) found = next;
    }
    return found;
}

sql::Result<bool> has_more_commits(sql::Session& session, const domain::WorkspaceId& workspace,
                                   std::int64_t than) {
    const auto rows = session.query(
        "SELECT 1 FROM read.commits WHERE workspace = $1 LIMIT 1"
        " OFFSET " +
            std::to_string(than),
        std::array{cell(workspace)});
    if (!rows.ok()) return Fail{rows.error()};
    return !rows->empty();
}

// What is counted when a claim is given back.
constexpr std::string_view a_look = " looks = looks + 1,";
constexpr std::string_view a_round = " rounds = rounds + 1,";
constexpr std::string_view nothing;

sql::Status give_back(sql::Session& session, std::int32_t partition,
                      const std::optional<domain::WorkspaceId>& through, domain::Instant now,
                      std::string_view counted) {
    const std::array parameters{cell(through), cell(now), cell(partition)};
    const auto done =
        session.execute("UPDATE outlay.reconciliations SET looked_through = $1, looked_at = $2," +
                            std::string(counted) + " claimed_until = NULL WHERE log_partition = $3",
                        parameters);
    return sql::status_of(done);
}

// Behind the last record of the workspace that the session's snapshot shows.
sql::Result<std::int64_t> end_of(sql::Session& session, const Reconciliation::Target& target) {
    const auto rows = session.query(
        "SELECT max(log_offset) FROM read.commits WHERE workspace = $1 AND log_partition = $2",
        std::array{cell(target.workspace), cell(target.partition)});
    if (!rows.ok()) return Fail{rows.error()};
    return rows->optional_integer(0, 0).value_or(-1) + 1;
}

// Where the partition stands in the session's snapshot.
sql::Result<journal::Checkpoint> checkpoint_of(sql::Session& session, std::int32_t partition) {
    const auto all = journal::checkpoints(session);
    if (!all.ok()) return Fail{all.error()};
    const auto found = std::ranges::find(*all, partition, &journal::Checkpoint::partition);
    return found == all->end() ? journal::Checkpoint{} : *found;
}

journal::Checkpoint up_to(std::int32_t partition, std::int64_t next) {
    journal::Checkpoint wished;
    wished.partition = partition;
    wished.next = next;
    return wished;
}

}  // namespace

Reconciliation::Reconciliation(sql::Store& store, const platform::Clock& clock,
                               std::int32_t partition_count, std::string holder, Replay::Told told,
                               ReconciliationOptions options)
    : store_(store),
      clock_(clock),
      partition_count_(partition_count),
      holder_(std::move(holder)),
      told_(std::move(told)),
      options_(options) {}

Reconciliation::Outcome<std::optional<Reconciliation::Target>> Reconciliation::next() {
    std::optional<Target> target;
    const auto done = store_.transact(sql::as_worker, [&](sql::Session& session) -> sql::Status {
        auto claimed = claim_next(session);
        if (!claimed.ok()) return Fail{claimed.error()};
        target = *claimed;
        return Done{};
    });
    if (!done.ok()) return store_failed(done.error());
    return target;
}

sql::Result<std::optional<Reconciliation::Target>> Reconciliation::claim_next(
    sql::Session& session) {
    const auto now = clock_.now();
    const auto place = claim_partition(session, {holder_, now, options_.claim});
    if (!place.ok()) return Fail{place.error()};
    if (!*place) return std::optional<Target>{};
    const auto partition = (*place)->partition;
    auto last = (*place)->looked_through;
    for (;;) {
        const auto behind = workspace_behind(session, last);
        if (!behind.ok()) return Fail{behind.error()};
        if (!*behind) break;
        last = **behind;
        if (journal::partition_of(last, partition_count_) != partition) continue;
        const auto is_too_large = has_more_commits(session, last, options_.commits_max);
        if (!is_too_large.ok()) return Fail{is_too_large.error()};
        return std::optional(Target{last, partition, *is_too_large});
    }
    const auto given_back = give_back(session, partition, std::nullopt, now, a_round);
    if (!given_back.ok()) return Fail{given_back.error()};
    return std::optional<Target>{};
}

// Most is folded before the snapshot is opened.
Reconciliation::Outcome<Reconciliation::Look> Reconciliation::look(const Target& target,
                                                                   sql::Store& scratch) {
    StoredCommits commits(store_, target.workspace, partition_count_);
    Replay replay(scratch, commits, told_, small_batches, 1, target.workspace);
    Look look;
    journal::Checkpoint stood;
    std::string problem;
    std::int64_t end = 0;
    const auto asked = store_.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        const auto found = end_of(session, target);
        if (!found.ok()) return Fail{found.error()};
        end = *found;
        return Done{};
    });
    if (!asked.ok()) return store_failed(asked.error());
    if (auto folded = replay.reach({up_to(target.partition, end)}); !folded.ok())
        return Fail{folded.error()};
    auto done = store_.transact(sql::as_reader, [&](sql::Session& live) -> sql::Status {
        const auto now = end_of(live, target);
        if (!now.ok()) return Fail{now.error()};
        auto stands = checkpoint_of(live, target.partition);
        if (!stands.ok()) return Fail{stands.error()};
        stood = std::move(stands).value();
        if (auto folded = replay.reach({up_to(target.partition, *now)}); !folded.ok()) {
            problem = folded.error();
            return Done{};
        }
        return scratch.transact(sql::as_reader, [&](sql::Session& folded) {
            look = {};
            return compare(live, folded, target, look);
        });
    });
    if (!problem.empty()) return Fail{problem};
    if (look.mismatch) look.mismatch->position = {target.partition, stood.next - 1};
    if (done.ok()) {
        done = store_.transact(sql::as_worker, [&](sql::Session& session) {
            return note(session, target, stood, look);
        });
    }
    if (!done.ok()) return store_failed(done.error());
    return look;
}

sql::Status Reconciliation::compare(sql::Session& live, sql::Session& folded, const Target& target,
                                    Look& look) const {
    StateDigest state;
    RowComparison comparison(live, folded, {target.workspace, target.partition}, state,
                             [&](const sql::Table&, const Row&, Difference difference) {
                                 if (!look.mismatch)
                                     look.mismatch = {target.workspace, {}, 0, difference};
                                 ++look.mismatch->differing;
                                 return true;
                             });
    for (const auto* table : generation_tables()) {
        if (std::ranges::find(unknowable, table) != unknowable.end()) continue;
        const auto digest = comparison.compare(*table);
        if (!digest.ok()) return Fail{digest.error()};
        look.rows += (*digest)->rows;
    }
    return Done{};
}

sql::Status Reconciliation::note(sql::Session& session, const Target& target,
                                 const journal::Checkpoint& stood, const Look& look) const {
    const auto now = clock_.now();
    const auto stands = checkpoint_of(session, target.partition);
    if (!stands.ok()) return Fail{stands.error()};
    // Rows were mended since the snapshot: it says nothing any more.
    if (stands->revision != stood.revision)
        return give_back(session, target.partition, target.workspace, now, nothing);
    if (look.mismatch) {
        if (auto noted = note_mismatch(session, *look.mismatch, now); !noted.ok()) return noted;
    } else {
        const auto noted =
            note_match(session, target.workspace, {target.partition, stood.next - 1}, now);
        if (!noted.ok()) return Fail{noted.error()};
    }
    return give_back(session, target.partition, target.workspace, now, a_look);
}

Reconciliation::Outcome<domain::Done> Reconciliation::pass_over(const Target& target) {
    const auto done = store_.transact(sql::as_worker, [&](sql::Session& session) {
        return give_back(session, target.partition, target.workspace, clock_.now(), nothing);
    });
    if (!done.ok()) return store_failed(done.error());
    return Done{};
}

}  // namespace outlay::workers
