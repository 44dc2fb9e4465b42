// Two transactions, one inside the other.
#include "workers/replay_beside.hpp"

#include "workers/status.hpp"

namespace outlay::workers {

using domain::Fail;

ReplayBeside::ReplayBeside(sql::Store& live, sql::Store& scratch, journal::Journal& log,
                           RowScope rows, Replay::Told told)
    : live_(live),
      scratch_(scratch),
      rows_(rows),
      replay_(scratch, log, std::move(told), Replay::large_batches, 1, rows.workspace) {}

ReplayBeside::Status ReplayBeside::reach(std::vector<journal::Checkpoint> wished) {
    if (rows_.workspace) {
        std::erase_if(wished, [this](const journal::Checkpoint& checkpoint) {
            return checkpoint.partition != rows_.partition;
        });
    }
    return replay_.reach(wished);
}

ReplayBeside::Status ReplayBeside::look(const Body& body) {
    const auto status = projection_status(live_, nullptr);
    if (!status.ok()) return Fail{"the store: " + status.error().detail};
    std::vector<journal::Checkpoint> first;
    for (const auto& partition : status->partitions) first.push_back(partition.checkpoint);
    if (auto reached = reach(std::move(first)); !reached.ok()) return reached;
    Status looked = domain::Done{};
    const auto done = live_.transact(sql::as_reader, [&](sql::Session& live) -> sql::Status {
        looked = look(live, body);
        return domain::Done{};
    });
    if (!done.ok()) return Fail{"the store: " + done.error().detail};
    return looked;
}

ReplayBeside::Status ReplayBeside::look(sql::Session& live, const Body& body) {
    auto now = journal::checkpoints(live);
    if (!now.ok()) return Fail{"the store: " + now.error().detail};
    if (auto reached = reach(std::move(now).value()); !reached.ok()) return reached;
    const auto done = scratch_.transact(
        sql::as_reader, [&](sql::Session& replayed) { return body(live, replayed); });
    if (!done.ok()) return Fail{"the store: " + done.error().detail};
    return domain::Done{};
}

}  // namespace outlay::workers
