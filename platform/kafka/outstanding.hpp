// Appends whose outcome is not known yet: the memory of the producer and its backpressure. Private
// to this folder. Any thread.
#pragma once

#include <condition_variable>
#include <list>
#include <mutex>
#include <vector>

#include "journal/journal.hpp"

namespace outlay::kafka {

class OutstandingAppends {
public:
    // One append. Its address travels through librdkafka and comes back with the delivery report.
    struct Waiting {
        journal::AppendDone done;
        std::size_t bytes = 0;
        std::list<Waiting>::iterator self{};
    };
    struct Finished {
        Waiting* waiting = nullptr;
        journal::AppendOutcome outcome;
    };

    OutstandingAppends(std::size_t records_max, std::size_t bytes_max)
        : records_max_(records_max), bytes_max_(bytes_max) {}

    // Null if there is no room; `done` is taken only if there is.
    Waiting* add(journal::AppendDone& done, std::size_t bytes);
    // Calls the outcomes, in order, without any lock.
    void finish(const std::vector<Finished>& finished);
    // Answers unknown to all that are left; their reports must not come any more.
    void abandon();
    bool wait_until_empty(std::chrono::steady_clock::time_point deadline);
    std::size_t records() const;
    std::size_t bytes() const;

private:
    const std::size_t records_max_;
    const std::size_t bytes_max_;
    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable emptied_;
    std::list<Waiting> waiting_;
    std::size_t bytes_ = 0;
};

}  // namespace outlay::kafka
