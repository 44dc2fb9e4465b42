// StoreWatch: asks the database once a second whether it answers, for readiness: also when nobody
// else asks it anything, so that its loss and its return are both seen. Made by the owner thread,
// which outlives it; the store is asked on a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "platform/sql.hpp"

namespace outlay::app {

class StoreWatch {
public:
    explicit StoreWatch(sql::Store& store);
    ~StoreWatch();  // waits for the question under way
    StoreWatch(const StoreWatch&) = delete;
    StoreWatch& operator=(const StoreWatch&) = delete;

    // "" while the store answers. Any thread; does not block.
    std::string failure() const;

private:
    using TimePoint = std::chrono::steady_clock::time_point;
    void run();

    sql::Store& store_;
    std::atomic<bool> refused_{false};  // by the last answer
    std::atomic<TimePoint> answered_;   // the last answer that was a good one
    std::mutex mutex_;                  // guards what follows
    std::condition_variable ends_;
    bool stopping_ = false;
    std::thread thread_;  // last
};

}  // namespace outlay::app
