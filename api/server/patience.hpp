// Patience: how long a peer may keep a connection waiting. Waiting uses the budget up, moved bytes
// earn it back, so one number bounds both a stall and a trickle. A value; confined to one I/O
// thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "api/server/limits.hpp"
#include "platform/clock.hpp"

namespace outlay::api {

class Patience {
public:
    explicit Patience(std::chrono::milliseconds budget) : budget_(budget), left_(budget) {}

    // Begins a wait; answers when it must be over.
    platform::Deadline wait_from(platform::Deadline now) {
        since_ = now;
        return now + left_;
    }
    // The wait is over and moved `bytes`.
    void moved(std::size_t bytes, platform::Deadline now) {
        const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - since_);
        const auto earned = std::chrono::milliseconds(bytes * 1000 / limits::bytes_per_second_min);
        left_ = std::clamp(left_ - waited + earned, std::chrono::milliseconds{0}, budget_);
    }

private:
    std::chrono::milliseconds budget_;
    std::chrono::milliseconds left_;
    platform::Deadline since_{};
};

}  // namespace outlay::api
