// The projector's partitions, driven by reading instead of by a subscription.
#include "workers/replay.hpp"

#include <atomic>
#include <thread>

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

Replay::Replay(sql::Store& store, journal::Journal& log, Told told, journal::ReadLimits batch,
               std::size_t threads, std::optional<domain::WorkspaceId> workspace)
    : store_(store), log_(log), batch_(batch), threads_(threads), workspace_(workspace) {
    told_ = [this, told = std::move(told)](std::int64_t records) {
        const std::lock_guard lock(telling_);
        return told(records);
    };
}

// What the threads take from and report to.
struct Replay::Shares {
    const std::vector<Checkpoint>& wished;
    std::atomic<std::size_t> taken{0};
    std::mutex mutex{};  // guards what follows
    domain::Status<std::string> status{domain::Done{}};

    // The next partition to work on; null after the last one, or after a failure.
    const Checkpoint* next() {
        const auto index = taken.fetch_add(1);
        return index < wished.size() ? &wished[index] : nullptr;
    }
    void fail(domain::Status<std::string> failure) {
        taken = wished.size();
        const std::lock_guard lock(mutex);
        if (status.ok()) status = std::move(failure);
    }
};

domain::Status<std::string> Replay::reach(const std::vector<Checkpoint>& wished) {
    for (const auto& checkpoint : wished) {
        auto& partition = partitions_[checkpoint.partition];
        if (partition) continue;
        partition = std::make_unique<Partition>(
            store_, log_, Lane{checkpoint.partition, log_.partition_count(), "shadow", workspace_});
    }
    Shares shares{wished};
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < threads_; ++i) others.emplace_back([&] { work(shares); });
        work(shares);
    }
    return std::move(shares.status);
}

void Replay::work(Shares& shares) {
    while (const auto* checkpoint = shares.next()) {
        auto reached = reach(*partitions_.at(checkpoint->partition), *checkpoint);
        if (!reached.ok()) return shares.fail(std::move(reached));
    }
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
