// Simulated time and the executors that run on it: one monotonic clock that advances when the
// world says so, a wall clock per process that may be wrong, and queues whose pieces of work the
// world runs one by one.
#pragma once

#include <chrono>
#include <deque>
#include <map>

#include "platform/clock.hpp"
#include "platform/executor.hpp"

namespace outlay::simulation {

using std::chrono::milliseconds;

class Time {
public:
    std::chrono::steady_clock::time_point monotonic() const {
        return std::chrono::steady_clock::time_point{} + std::chrono::hours{1} + passed_;
    }
    // What a clock shows that is right.
    domain::Instant true_now() const {
        // Six seconds before midnight in Berlin, on the 18th of November 2026: clocks that are
        // wrong disagree about the day.
        constexpr std::int64_t start_micros = 1'795'042'794'000'000;
        return {start_micros + std::chrono::microseconds(passed_).count()};
    }
    void advance(milliseconds by) { passed_ += by; }

private:
    milliseconds passed_{0};
};

// The clock of one machine.
class MachineClock final : public platform::Clock {
public:
    explicit MachineClock(const Time& time) : time_(time) {}
    domain::Instant now() const override {
        return {time_.true_now().micros + std::chrono::microseconds(error_).count()};
    }
    std::chrono::steady_clock::time_point monotonic() const override {
        return time_.monotonic() + (is_over_ ? std::chrono::hours{1'000} : std::chrono::hours{0});
    }
    void set_error(milliseconds error) { error_ = error; }
    // Every deadline has passed: what waits on a dead machine gives up.
    void end() { is_over_ = true; }

private:
    const Time& time_;
    milliseconds error_{0};
    bool is_over_ = false;
};

// Work in order of posting; delayed work joins the queue when its time has come.
class WorkQueue final : public platform::Executor {
public:
    explicit WorkQueue(const Time& time) : time_(time) {}
    void post(platform::Work work) override { ready_.push_back(std::move(work)); }
    void post_after(milliseconds delay, platform::Work work) override {
        delayed_.emplace(time_.monotonic() + delay, std::move(work));
    }
    bool has_work() {
        while (!delayed_.empty() && delayed_.begin()->first <= time_.monotonic()) take_delayed();
        return !ready_.empty();
    }
    bool is_empty() const { return ready_.empty() && delayed_.empty(); }
    // The piece at `index` of those that are ready; 0 keeps the order of posting.
    void run_one(std::size_t index = 0) {
        const auto chosen = ready_.begin() + static_cast<std::ptrdiff_t>(index);
        const auto work = std::move(*chosen);
        ready_.erase(chosen);
        work();
    }
    std::size_t ready_count() { return has_work() ? ready_.size() : 0; }
    // One piece, whether its time has come or not.
    void run_regardless() {
        if (ready_.empty()) take_delayed();
        run_one();
    }

private:
    void take_delayed() {
        ready_.push_back(std::move(delayed_.begin()->second));
        delayed_.erase(delayed_.begin());
    }

    const Time& time_;
    std::deque<platform::Work> ready_;
    std::multimap<std::chrono::steady_clock::time_point, platform::Work> delayed_;
};

}  // namespace outlay::simulation
