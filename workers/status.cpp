// Checkpoints beside the ends of the journal.
#include "workers/status.hpp"

#include <algorithm>

#include "journal/skips.hpp"

namespace outlay::workers {

namespace {

PartitionStatus status_of(journal::Checkpoint checkpoint, journal::Journal* log) {
    PartitionStatus status;
    if (log != nullptr && checkpoint.partition < log->partition_count()) {
        const auto end = log->end(checkpoint.partition);
        if (end.ok()) {
            status.end = *end;
            status.lag = std::max<std::int64_t>(0, *end - checkpoint.next);
        }
    }
    if (checkpoint.halt) status.remedy = journal::halt_remedy(*checkpoint.halt);
    status.checkpoint = std::move(checkpoint);
    return status;
}

// A partition that nobody has projected yet lags by all of its records.
void add_unprojected(std::vector<journal::Checkpoint>& found, const journal::Journal* log) {
    const auto count = log == nullptr ? 0 : log->partition_count();
    for (std::int32_t partition = 0; partition < count; ++partition) {
        if (std::ranges::find(found, partition, &journal::Checkpoint::partition) != found.end())
            continue;
        journal::Checkpoint missing;
        missing.partition = partition;
        missing.mode = "active";
        found.push_back(std::move(missing));
    }
    std::ranges::sort(found, {}, &journal::Checkpoint::partition);
}

}  // namespace

sql::Result<ProjectionStatus> projection_status(sql::Store& store, journal::Journal* log) {
    ProjectionStatus status;
    std::vector<journal::Checkpoint> found;
    const auto done = store.transact({sql::Access::lookup, std::nullopt},
                                     [&](sql::Session& session) -> sql::Status {
                                         auto all = journal::checkpoints(session);
                                         if (!all.ok()) return domain::Fail{all.error()};
                                         found = std::move(all).value();
                                         auto looks = reconciliation_status(session);
                                         if (!looks.ok()) return domain::Fail{looks.error()};
                                         status.reconciliation = std::move(looks).value();
                                         status.generation = session.generation();
                                         return domain::Done{};
                                     });
    if (!done.ok()) return domain::Fail{done.error()};
    auto known = generations(store);
    if (!known.ok()) return domain::Fail{known.error()};
    status.generations = std::move(known->all);
    add_unprojected(found, log);
    for (auto& checkpoint : found) {
        status.partitions.push_back(status_of(std::move(checkpoint), log));
        status.projected += status.partitions.back().checkpoint.next;
        status.lag += status.partitions.back().lag.value_or(0);
        status.halted += status.partitions.back().checkpoint.halt ? 1 : 0;
    }
    return status;
}

std::int64_t projected_for(const ProjectionStatus& status, const RowScope& rows) {
    std::int64_t records = 0;
    for (const auto& partition : status.partitions) {
        const auto& checkpoint = partition.checkpoint;
        if (!rows.workspace || checkpoint.partition == rows.partition) records += checkpoint.next;
    }
    return records;
}

void look_at_next(ProjectionStatus& status, journal::Journal& log) {
    for (auto& partition : status.partitions) {
        const auto& checkpoint = partition.checkpoint;
        if (partition.lag.value_or(0) == 0) continue;
        auto next = record_at(log, {checkpoint.partition, checkpoint.next});
        if (!next) continue;
        partition.waiting_since = next->appended_at;
        if (checkpoint.halt && journal::is_skippable(*checkpoint.halt))
            partition.halting = halting_record(std::move(*next));
    }
}

}  // namespace outlay::workers
