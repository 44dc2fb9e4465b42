// Nodes of one list are moved, never copied, so that their addresses hold while librdkafka has
// them.
#include "platform/kafka/outstanding.hpp"

#include <iterator>

namespace outlay::kafka {

OutstandingAppends::Waiting* OutstandingAppends::add(journal::AppendDone& done, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= records_max_ || bytes_ + bytes > bytes_max_) return nullptr;
    auto& added = waiting_.emplace_back(Waiting{std::move(done), bytes});
    added.self = std::prev(waiting_.end());
    bytes_ += bytes;
    return &added;
}

void OutstandingAppends::finish(const std::vector<Finished>& finished) {
    std::list<Waiting> ended;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [waiting, outcome] : finished) {
            bytes_ -= waiting->bytes;
            ended.splice(ended.end(), waiting_, waiting->self);
        }
    }
    auto outcome = finished.begin();
    for (const auto& waiting : ended) waiting.done((outcome++)->outcome);
    // After the outcomes: who waits for the list to be empty waits for them.
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) emptied_.notify_all();
}

void OutstandingAppends::abandon() {
    std::list<Waiting> left;
    {
        const std::lock_guard lock(mutex_);
        left.swap(waiting_);
        bytes_ = 0;
    }
    for (const auto& waiting : left) waiting.done({journal::AppendResult::unknown, {}});
}

bool OutstandingAppends::wait_until_empty(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return emptied_.wait_until(lock, deadline, [this] { return waiting_.empty(); });
}

std::size_t OutstandingAppends::records() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

std::size_t OutstandingAppends::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

}  // namespace outlay::kafka
