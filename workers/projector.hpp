// The projector: reads the partitions that this process owns and keeps the read models up to date
// with them, exactly once. Ownership is liveness only; safety is the checkpoint's compare-and-set.
// Runs on a thread of its own (start, stop), or is driven by its owner (step).
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "journal/journal.hpp"
#include "journal/pauses.hpp"
#include "platform/clock.hpp"
#include "platform/metric_families.hpp"
#include "platform/sql.hpp"
#include "workers/frozen_watch.hpp"
#include "workers/halt_notices.hpp"
#include "workers/partition.hpp"

namespace outlay::workers {

struct ProjectorOptions {
    journal::ReadLimits limits{};                   // of one batch
    std::chrono::milliseconds retry_pause{200};     // store or journal are away
    std::chrono::milliseconds halt_recheck{2'000};  // is the cause gone, or is there a skip?
    std::chrono::milliseconds lag_check{5'000};     // compare with the log's end when nothing comes
    std::chrono::milliseconds store_check{2'000};   // does the store still stand where it was left?
    std::chrono::milliseconds stuck_after{60'000};  // lag without progress
    // Under load a second transaction, over other partitions, in a thread of its own.
    bool works_aside = false;
};

struct ProjectorParts {
    journal::Journal& log;
    journal::Subscriptions& subscriptions;
    sql::Store& store;
    const platform::Clock& clock;
    std::function<void()>
        projected;  // after each commit, from the projector's thread; must only post
    // Partitions that an operator has paused are kept, and nothing is projected of them. None:
    // nothing is ever paused.
    const journal::PauseBoard* pauses = nullptr;
};

class Projector {
public:
    Projector(ProjectorParts parts, ProjectorOptions options);
    ~Projector();
    Projector(const Projector&) = delete;
    Projector& operator=(const Projector&) = delete;

    void start();
    // Ends after the batch at hand and lets go of the partitions. Called by the owner, once or more
    // often.
    void stop();

    // One delivery, waited for at most `limits.wait`; false if nothing came. Not together with
    // start.
    bool step();

    // True when there is lag, or work at hand, but no progress for too long: the owner should end
    // the process, so that another one takes over. Any thread.
    bool stuck() const;

private:
    using TimePoint = std::chrono::steady_clock::time_point;
    struct Slot {
        std::unique_ptr<Partition> partition;
        TimePoint not_before{};  // of the next start
        bool parked = false;     // delivery is paused until then
        bool started = false;    // records are delivered from where the partition stands
    };
    using Waiting = std::map<std::int32_t, Partition*>;  // by partition
    using Results = std::vector<std::pair<std::int32_t, Partition::Progress>>;
    struct Gathered {
        Waiting waiting;
        std::size_t records = 0;
    };
    // A transaction in a thread of its own; its end is waited for. Until then nobody else touches
    // its partitions.
    struct Aside {
        Waiting waiting;
        std::future<Results> done;
    };
    void run();
    bool handle(journal::Idle idle);
    bool handle(journal::Batch batch);
    Gathered gather(journal::Batch first);
    void accept(journal::Batch batch, Waiting& waiting);
    static Results project(const Waiting& waiting);
    void join_aside();
    bool handle(journal::Revoked revoked);
    bool handle(journal::Interrupted interrupted);
    bool handle(journal::Failed failed);
    Slot& slot(std::int32_t partition);
    Partition::Start start(std::int32_t number, Partition& partition);
    std::optional<std::int64_t> start_offset(std::int32_t partition);
    void follow(std::int32_t partition, Partition::Progress progress);
    void restart(std::int32_t partition);
    void park(std::int32_t partition, Partition::Progress why);
    void wake_parked();
    bool is_paused(std::int32_t partition) const;
    void compare_with_store();
    bool lags() const;
    void note_alive();

    ProjectorParts parts_;
    ProjectorOptions options_;
    FrozenWatch frozen_;
    HaltNotices halts_;
    std::unique_ptr<journal::Subscription> subscription_;
    std::map<std::int32_t, Slot> slots_;
    metrics::Gauge& owned_ = metrics::gauge(metrics::owned_partitions);
    std::optional<journal::Delivery> held_;  // came while batches were gathered
    std::optional<Aside> aside_;
    TimePoint lag_checked_{};
    TimePoint store_checked_{};
    std::atomic<std::int64_t> alive_micros_{
        0};  // monotonic time of the last progress, or of no lag
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace outlay::workers
