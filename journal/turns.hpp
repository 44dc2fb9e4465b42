// Turns: commands that change one aggregate wait here behind their predecessor's outcome, per
// process, so that a hot aggregate does not storm the journal with tries that must lose. Bounded.
// Any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "journal/admission.hpp"
#include "platform/clock.hpp"
#include "platform/executor.hpp"

namespace outlay::journal {

class Turns;

// Holding a Turn is the right to try; letting go of it wakes the next one.
class Turn {
public:
    Turn() = default;
    Turn(Turns* turns, AggregateKey key) : turns_(turns), key_(std::move(key)) {}
    Turn(Turn&& other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), key_(std::move(other.key_)) {}
    Turn& operator=(Turn&& other) noexcept;
    ~Turn() { release(); }
    void release();

private:
    Turns* turns_ = nullptr;
    AggregateKey key_;
};

class Turns {
public:
    static constexpr std::size_t waiting_max = 1000;  // per aggregate; above it: overloaded

    enum class Grant { granted, timeout, overloaded };
    using Granted = std::function<void(Grant)>;

    // Calls `granted` once: at once if the aggregate is free, else later from another thread; at
    // the deadline with timeout. After `granted` the caller owns the turn and must make a Turn of
    // it.
    void enter(const AggregateKey& key, std::chrono::milliseconds patience,
               platform::Executor& executor, Granted granted);

private:
    friend class Turn;
    struct Waiter {
        bool done = false;
        Granted granted;
    };
    void leave(const AggregateKey& key);

    std::mutex mutex_;
    std::unordered_map<AggregateKey, std::deque<std::shared_ptr<Waiter>>, KeyHash> queues_;
};

}  // namespace outlay::journal
