// The Subscriptions half of the memory adapter: one consumer group over the partitions.
#include <algorithm>

#include "platform/memory/log.hpp"

namespace outlay::memory {

using journal::Delivery;

void MemoryJournal::Log::rebalance() {
    const auto count = partitions.size();
    for (std::size_t p = 0; p < count; ++p) {
        Member* owner = members.empty() ? nullptr : members[p * members.size() / count];
        Member* before = std::exchange(partitions[p].owner, owner);
        if (before == owner) continue;
        const auto partition = static_cast<std::int32_t>(p);
        if (before != nullptr) before->lose(partition);
        if (owner != nullptr) owner->take(partition);
    }
}

void MemoryJournal::Log::interrupt(std::int32_t partition) {
    const auto* target = find(partition);
    CHECK(target != nullptr, "no such partition");
    if (target->owner != nullptr) target->owner->notify(journal::Interrupted{partition});
}

std::unique_ptr<journal::Subscription> MemoryJournal::subscribe(journal::StartOffset start) {
    return std::make_unique<Member>(*log_, std::move(start));
}

MemoryJournal::Member::Member(Log& log, journal::StartOffset start)
    : log_(log), start_(std::move(start)) {
    {
        const std::lock_guard lock(log_.mutex);
        log_.members.push_back(this);
        log_.rebalance();
    }
    log_.changed.notify_all();
}

MemoryJournal::Member::~Member() {
    {
        const std::lock_guard lock(log_.mutex);
        std::erase(log_.members, this);
        log_.rebalance();
    }
    log_.changed.notify_all();
}

void MemoryJournal::Member::lose(std::int32_t partition) {
    owned_.erase(partition);
    notices_.emplace_back(journal::Revoked{partition});
}

Delivery MemoryJournal::Member::poll(const journal::ReadLimits& limits) {
    const auto deadline = std::chrono::steady_clock::now() + limits.wait;
    std::unique_lock lock(log_.mutex);
    while (true) {
        ask_starts(lock);
        if (auto found = next_delivery(limits)) return std::move(*found);
        if (log_.changed.wait_until(lock, deadline) == std::cv_status::timeout) break;
    }
    if (auto found = next_delivery(limits)) return std::move(*found);
    return journal::Idle{};
}

// The callback may read a store or this journal, so it runs without the lock; the partition may be
// gone afterwards.
void MemoryJournal::Member::ask_starts(std::unique_lock<std::mutex>& lock) {
    std::vector<std::int32_t> waiting;
    for (const auto& [partition, reading] : owned_) {
        if (!reading.next) waiting.push_back(partition);
    }
    for (const auto partition : waiting) {
        lock.unlock();
        const auto from = start_(partition);
        lock.lock();
        const auto found = owned_.find(partition);
        if (found != owned_.end() && !found->second.next) found->second.next = from;
    }
}

std::optional<Delivery> MemoryJournal::Member::next_delivery(const journal::ReadLimits& limits) {
    if (!notices_.empty()) {
        auto notice = std::move(notices_.front());
        notices_.pop_front();
        return notice;
    }
    // Every partition gets its turn, beginning after the one that was served last.
    auto at = owned_.upper_bound(last_served_);
    for (std::size_t tried = 0; tried < owned_.size(); ++tried, ++at) {
        if (at == owned_.end()) at = owned_.begin();
        if (auto found = read_one(at->first, at->second, limits)) {
            last_served_ = at->first;
            return found;
        }
    }
    return std::nullopt;
}

std::optional<Delivery> MemoryJournal::Member::read_one(std::int32_t partition, Reading& reading,
                                                        const journal::ReadLimits& limits) {
    if (reading.paused || reading.failed || !reading.next) return std::nullopt;
    auto answer = log_.read(partition, *reading.next, limits);
    if (!answer.ok()) {
        // Out of reach is told as an interruption when it is over.
        if (answer.error().kind == journal::JournalErrorKind::unavailable) return std::nullopt;
        reading.failed = true;
        return journal::Failed{partition, answer.error()};
    }
    if (answer->empty()) return std::nullopt;
    *reading.next += static_cast<std::int64_t>(answer->size());
    return journal::Batch{partition, std::move(answer).value()};
}

void MemoryJournal::Member::seek(std::int32_t partition, std::int64_t from) {
    const std::lock_guard lock(log_.mutex);
    const auto found = owned_.find(partition);
    if (found != owned_.end()) found->second = {from, found->second.paused, false};
}

void MemoryJournal::Member::pause(std::int32_t partition) {
    const std::lock_guard lock(log_.mutex);
    const auto found = owned_.find(partition);
    if (found != owned_.end()) found->second.paused = true;
}

void MemoryJournal::Member::resume(std::int32_t partition) {
    const std::lock_guard lock(log_.mutex);
    const auto found = owned_.find(partition);
    if (found != owned_.end()) found->second = {found->second.next, false, false};
}

}  // namespace outlay::memory
