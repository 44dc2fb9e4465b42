// A bounded pool of threads for work that blocks (store reads, hashing). Any thread.
#pragma once

#include <cstddef>
#include <memory>

#include "platform/executor.hpp"
#include "platform/task.hpp"

namespace outlay::platform {

class Pool {
public:
    Pool(std::size_t threads, std::size_t queue_max);
    // Without threads of its own: what is accepted is posted to `executor` (the simulator's).
    explicit Pool(Executor& executor);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // False when the queue is full: answer "overloaded".
    [[nodiscard]] bool try_run(Work work);
    // Ends after the work that was accepted; nothing is accepted any more.
    void stop();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Runs `function` on the pool and resumes on `executor` with its result, or with `overloaded` if
// the queue is full.
template <typename T>
Completion<T> run_on(Pool& pool, Executor& executor, std::function<T()> function, T overloaded) {
    return Completion<T>(executor, [&pool, function = std::move(function),
                                    overloaded = std::move(overloaded)](auto resolve) mutable {
        const bool accepted =
            pool.try_run([function = std::move(function), resolve] { resolve(function()); });
        if (!accepted) resolve(std::move(overloaded));
    });
}

}  // namespace outlay::platform
