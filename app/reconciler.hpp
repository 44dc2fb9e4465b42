// Reconciler: looks at workspace after workspace on a thread of its own, for as long as it exists,
// and takes no more than a small share of the processor for it. What differs is logged, noted in
// the store and told to the workspace. Made and ended by the owner thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "app/settings.hpp"
#include "platform/clock.hpp"
#include "platform/sql.hpp"
#include "workers/reconciliation.hpp"

namespace outlay::app {

class Reconciler {
public:
    // The thread takes no more of one processor than this.
    static constexpr int share_percent = 5;

    // Does nothing if the settings want no looks.
    Reconciler(sql::Store& store, const platform::Clock& clock, std::int32_t partition_count,
               const Settings& settings);
    ~Reconciler();  // ends the look under way
    Reconciler(const Reconciler&) = delete;
    Reconciler& operator=(const Reconciler&) = delete;

private:
    void run();
    void look();
    void look_at(const workers::Reconciliation::Target& target);
    // True if the thread is to end.
    bool rest(std::chrono::milliseconds at_least);

    const platform::Clock& clock_;
    const std::chrono::milliseconds pause_;
    const std::string scratch_dir_;
    const std::int32_t partition_count_;
    workers::Reconciliation work_;
    std::chrono::nanoseconds resumed_{};  // the thread's processor time then
    std::mutex mutex_;                    // guards what follows
    std::condition_variable ends_;
    bool stopping_ = false;
    std::thread thread_;  // last
};

}  // namespace outlay::app
