// Sampling: looks every few seconds at what nobody counts as it happens, and puts it into the
// metrics: checkpoints beside the journal's ends, the outbox, the process. So a scrape only reads,
// and asks neither journal nor store. Made by the owner thread; looks on a thread of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/health.hpp"
#include "app/watch.hpp"
#include "journal/journal.hpp"
#include "platform/clock.hpp"
#include "workers/status.hpp"

namespace outlay::app {

// What is looked at. All of it outlives the sampling.
struct SampledRole {
    std::string name;  // "serve", "api", "worker"
    sql::Store& store;
    journal::Journal& log;
    const platform::Clock& clock;
    std::function<void()> more{};  // measures what only this role has
};

class Sampling {
public:
    Sampling(SampledRole role, std::vector<Check> checks);

private:
    // Where a partition stood at the last look.
    struct Place {
        std::int64_t end = 0;
        // The oldest record that was not projected, and when it was appended.
        std::int64_t next = -1;
        double appended_at = 0;
    };
    void look();
    bool look_at_partitions();
    bool look_at_outbox();
    void look_at_checks() const;
    double age_of_lag(const workers::PartitionStatus& partition);

    const SampledRole role_;
    const std::vector<Check> checks_;
    std::map<std::int32_t, Place> places_{};
    Watch watch_;  // last
};

}  // namespace outlay::app
