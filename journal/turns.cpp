// A queue of waiters per aggregate; the front holds the turn.
#include "journal/turns.hpp"

namespace outlay::journal {

Turn& Turn::operator=(Turn&& other) noexcept {
    if (this != &other) {
        release();
        turns_ = std::exchange(other.turns_, nullptr);
        key_ = std::move(other.key_);
    }
    return *this;
}

void Turn::release() {
    if (auto* turns = std::exchange(turns_, nullptr)) turns->leave(key_);
}

void Turns::enter(const AggregateKey& key, std::chrono::milliseconds patience,
                  platform::Executor& executor, Granted granted) {
    auto waiter = std::make_shared<Waiter>();  // shared: queue and timer
    Grant now = Grant::timeout;
    {
        const std::lock_guard lock(mutex_);
        auto& queue = queues_[key];
        if (queue.empty())
            now = Grant::granted;
        else if (queue.size() > waiting_max)
            now = Grant::overloaded;
        if (now != Grant::overloaded) queue.push_back(waiter);
        if (now == Grant::timeout)
            waiter->granted = granted;
        else
            waiter->done = true;
    }
    if (now != Grant::timeout) return granted(now);
    executor.post_after(patience, [this, waiter] {
        Granted call;
        {
            const std::lock_guard lock(mutex_);
            if (waiter->done) return;
            waiter->done = true;  // stays in the queue; leave() passes over it
            call = std::move(waiter->granted);
        }
        call(Grant::timeout);
    });
}

void Turns::leave(const AggregateKey& key) {
    Granted next;
    {
        const std::lock_guard lock(mutex_);
        const auto found = queues_.find(key);
        CHECK(found != queues_.end() && !found->second.empty(), "a turn that nobody holds");
        auto& queue = found->second;
        queue.pop_front();
        while (!queue.empty() && queue.front()->done) queue.pop_front();
        if (queue.empty()) {
            queues_.erase(found);
        } else {
            queue.front()->done = true;
            next = std::move(queue.front()->granted);
        }
    }
    if (next) next(Grant::granted);
}

}  // namespace outlay::journal
