// Pulse: whether event loops still turn, for a watchdog that would else only know that the process
// has not ended. Confined to one thread, which is none of the loops'.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "platform/executor.hpp"

namespace outlay::app {

class Pulse {
public:
    explicit Pulse(std::vector<platform::Executor*> loops) : loops_(std::move(loops)) {}

    // Whether every loop has run what the last call left with it.
    bool beats() {
        if (*missing_ > 0) return false;
        *missing_ = loops_.size();
        for (auto* loop : loops_) loop->post([missing = missing_] { --*missing; });
        return true;
    }

private:
    std::vector<platform::Executor*> loops_;
    // Shared with what was posted, which may outlive this.
    std::shared_ptr<std::atomic<std::size_t>> missing_ =
        std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace outlay::app
