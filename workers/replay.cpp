// The projector's partitions, driven by reading instead of by a subscription.
#include "workers/replay.hpp"

namespace outlay::workers {

namespace {

using domain::Fail;
using journal::Checkpoint;
using Progress = Partition::Progress;

constexpr int starts_max = 3;  // of one partition without progress in between

std::string name_of(std::int32_t partition) {
    return "partition " + std::to_string(partition);
}

}  // namespace

Replay::Replay(sql::Store& store, journal::Journal& log, Told told, journal::ReadLimits batch)
    : store_(store), log_(log), told_(std::move(told)), batch_(batch) {}

domain::Status<std::string> Replay::reach(const std::vector<Checkpoint>& wished) {
    for (const auto& checkpoint : wished) {
        auto& partition = partitions_[checkpoint.partition];
        if (!partition) {
            partition = std::make_unique<Partition>(
                store_, log_, Lane{checkpoint.partition, log_.partition_count(), "shadow"});
        }
        auto reached = reach(*partition, checkpoint);
        if (!reached.ok()) return reached;
    }
    return domain::Done{};
}

domain::Status<std::string> Replay::reach(Partition& partition, const Checkpoint& wished) {
    if (partition.next() >= wished.next) return domain::Done{};
    for (int starts = 0; starts < starts_max; ++starts) {
        const auto started = partition.start();
        if (!started.from) {
            return Fail{name_of(wished.partition) + " cannot be replayed; see the log above"};
        }
        if (partition.next() >= wished.next) return domain::Done{};
        const auto before = partition.next();
        const auto done = read_on(partition, wished, *started.from);
        if (!done.ok()) return Fail{done.error()};
        if (*done) return domain::Done{};
        if (partition.next() > before) starts = 0;
    }
    return Fail{name_of(wished.partition) + " makes no progress at " +
                std::to_string(partition.next())};
}

domain::Result<bool, std::string> Replay::read_on(Partition& partition, const Checkpoint& wished,
                                                  std::int64_t from) {
    while (partition.next() < wished.next) {
        auto records = log_.read(wished.partition, from, batch_);
        if (!records.ok()) return Fail{name_of(wished.partition) + ": " + records.error().detail};
        while (!records->empty() && records->back().position.offset >= wished.next)
            records->pop_back();
        if (records->empty()) {
            return Fail{name_of(wished.partition) + " ends at " + std::to_string(from) +
                        ", but was projected up to " + std::to_string(wished.next)};
        }
        const auto before = partition.next();
        from = records->back().position.offset + 1;
        const auto progress = partition.consume(std::move(*records));
        if (!told_(partition.next() - before)) return Fail{std::string("ended on request")};
        if (progress == Progress::halted) {
            return Fail{name_of(wished.partition) + " stops at record " +
                        std::to_string(partition.next()) + ", which the live projection passed"};
        }
        if (progress == Progress::reread || progress == Progress::waiting) return false;
    }
    return true;
}

}  // namespace outlay::workers
