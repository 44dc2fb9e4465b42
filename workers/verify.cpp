// Comparison of two stores: where they stand, then their rows.
#include "workers/verify.hpp"

#include <algorithm>
#include <map>

#include "workers/replay_beside.hpp"

namespace outlay::workers {

namespace {

using domain::Fail;
using journal::Checkpoint;

bool stand_alike(const Checkpoint& one, const Checkpoint& other) {
    return one.next == other.next && one.last_hash == other.last_hash &&
           one.chain_hash == other.chain_hash && one.journal == other.journal;
}

Difference difference_of(const Checkpoint& is, const Checkpoint& should_be) {
    return {"read.checkpoints", "log_partition " + std::to_string(is.partition),
            "next " + std::to_string(is.next) + ", chain " + is.chain_hash +
                "; the journal says next " + std::to_string(should_be.next) + ", chain " +
                should_be.chain_hash};
}

sql::Status compare_tables(sql::Session& live, sql::Session& replayed, const Selection& selection,
                           Verification& found) {
    StateDigest state;
    RowComparison comparison(live, replayed, selection.rows, state,
                             [&found](const sql::Table&, const Row&, Difference first) {
                                 found.difference = std::move(first);
                                 return false;
                             });
    for (const auto* table : selection.tables) {
        auto digest = comparison.compare(*table);
        if (!digest.ok()) return Fail{digest.error()};
        if (!*digest) return domain::Done{};
        found.tables.push_back(std::move(**digest));
    }
    if (found.tables.size() == generation_tables().size()) found.state = std::move(state);
    return domain::Done{};
}

}  // namespace

sql::Result<std::optional<Difference>> compare_checkpoints(sql::Session& live,
                                                           sql::Session& replayed,
                                                           const RowScope& rows,
                                                           std::int64_t& records) {
    const auto own = journal::checkpoints(live);
    if (!own.ok()) return Fail{own.error()};
    const auto others = journal::checkpoints(replayed);
    if (!others.ok()) return Fail{others.error()};
    std::map<std::int32_t, Checkpoint> by_partition;
    for (const auto& checkpoint : *others) by_partition[checkpoint.partition] = checkpoint;
    for (const auto& is : *own) {
        if (rows.workspace && is.partition != rows.partition) continue;
        records += is.next;
        const auto& should_be = by_partition[is.partition];
        if (!stand_alike(is, should_be)) return std::optional(difference_of(is, should_be));
    }
    return std::optional<Difference>{};
}

sql::Result<Verification> compare_generations(sql::Session& live, sql::Session& replayed,
                                              const Selection& selection) {
    Verification found;
    found.generation = live.generation();
    auto elsewhere = compare_checkpoints(live, replayed, selection.rows, found.records);
    if (!elsewhere.ok()) return Fail{elsewhere.error()};
    found.difference = std::move(elsewhere).value();
    if (found.difference) return found;
    const auto done = compare_tables(live, replayed, selection, found);
    if (!done.ok()) return Fail{done.error()};
    return found;
}

domain::Result<Verification, std::string> replay_state(sql::Store& scratch, journal::Journal& log,
                                                       Replay::Told told,
                                                       const std::optional<journal::Position>& to) {
    Replay replay(scratch, log, std::move(told));
    Verification found;
    std::vector<Checkpoint> wished;
    for (std::int32_t partition = 0; partition < log.partition_count(); ++partition) {
        if (to && partition != to->partition) continue;
        const auto end = log.end(partition);
        if (!end.ok()) return Fail{"the journal: " + end.error().detail};
        auto& checkpoint = wished.emplace_back();
        checkpoint.partition = partition;
        checkpoint.next = to ? std::min(*end, to->offset) : *end;
        found.records += checkpoint.next;
    }
    if (const auto replayed = replay.reach(wished); !replayed.ok()) return Fail{replayed.error()};
    const auto done = scratch.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        auto state = digest_of(session);
        if (!state.ok()) return Fail{state.error()};
        found.state = std::move(state).value();
        return domain::Done{};
    });
    if (!done.ok()) return Fail{"the scratch file: " + done.error().detail};
    return found;
}

domain::Result<Verification, std::string> verify(sql::Store& live, sql::Store& scratch,
                                                 journal::Journal& log, Replay::Told told,
                                                 const Selection& selection) {
    ReplayBeside beside(live, scratch, log, selection.rows, std::move(told));
    Verification found;
    const auto looked =
        beside.look([&](sql::Session& session, sql::Session& replayed) -> sql::Status {
            auto compared = compare_generations(session, replayed, selection);
            if (!compared.ok()) return Fail{compared.error()};
            found = std::move(compared).value();
            return domain::Done{};
        });
    if (!looked.ok()) return Fail{looked.error()};
    return found;
}

}  // namespace outlay::workers
