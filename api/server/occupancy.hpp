// Occupancy: how many connections are open, over all I/O threads of one server. Any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "platform/clock.hpp"

namespace outlay::api {

class Occupancy {
public:
    explicit Occupancy(std::size_t connections_max) : connections_max_(connections_max) {}

    // False: the house is full.
    [[nodiscard]] bool enter() {
        const std::lock_guard lock(mutex_);
        if (connections_ >= connections_max_) return false;
        ++connections_;
        return true;
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        if (--connections_ == 0) empty_.notify_all();
    }
    std::size_t connections() {
        const std::lock_guard lock(mutex_);
        return connections_;
    }
    // False: somebody was still there at `until`.
    [[nodiscard]] bool wait_until_empty(platform::Deadline until) {
        std::unique_lock lock(mutex_);
        return empty_.wait_until(lock, until, [this] { return connections_ == 0; });
    }

private:
    const std::size_t connections_max_;
    std::mutex mutex_;
    std::condition_variable empty_;
    std::size_t connections_ = 0;
};

}  // namespace outlay::api
