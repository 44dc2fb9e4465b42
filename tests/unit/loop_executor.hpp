// One logical thread for tests: work runs in order, delayed work when its time comes, on whichever
// thread runs the loop.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "platform/task.hpp"

namespace outlay::tests {

class LoopExecutor final : public platform::Executor {
public:
    void post(platform::Work work) override {
        post_after(std::chrono::milliseconds{0}, std::move(work));
    }
    void post_after(std::chrono::milliseconds delay, platform::Work work) override {
        {
            const std::lock_guard lock(mutex_);
            work_.emplace(std::chrono::steady_clock::now() + delay, std::move(work));
        }
        changed_.notify_one();
    }
    // Runs what is due until `is_done`; false if that does not come within the patience.
    template <typename Condition>
    bool run_until(Condition is_done, std::chrono::seconds patience = std::chrono::seconds{30}) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!is_done()) {
            std::unique_lock lock(mutex_);
            const auto next = work_.empty() ? deadline : std::min(deadline, work_.begin()->first);
            if (std::chrono::steady_clock::now() < next) {
                changed_.wait_until(lock, next);
                if (std::chrono::steady_clock::now() >= deadline) return false;
                continue;
            }
            if (work_.empty()) return false;
            const auto work = std::move(work_.begin()->second);
            work_.erase(work_.begin());
            lock.unlock();
            work();
        }
        return true;
    }
    template <typename T>
    T run(platform::Task<T> task) {
        std::optional<T> result;
        platform::start(std::move(task), [&result](T value) { result = std::move(value); });
        CHECK(run_until([&] { return result.has_value(); }), "a task does not end");
        return std::move(*result);
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<std::chrono::steady_clock::time_point, platform::Work> work_;
};

}  // namespace outlay::tests
