// Polling the SQLite journal.
#include "platform/sqlite/journal_subscription.hpp"

#include <thread>

namespace outlay::sqlite {

using journal::Delivery;

namespace {

// seek and resume come from the polling thread, so nothing can end this wait earlier.
Delivery idle(const journal::ReadLimits& limits) {
    std::this_thread::sleep_for(limits.wait);
    return journal::Idle{};
}

}  // namespace

Delivery JournalSubscription::poll(const journal::ReadLimits& limits) {
    if (!next_) next_ = start_(0);
    if (!next_ || paused_ || failed_) return idle(limits);
    auto answer = journal_.read(0, *next_, limits);
    if (answer.ok()) {
        if (answer->empty()) return journal::Idle{};
        *next_ += static_cast<std::int64_t>(answer->size());
        return journal::Batch{0, std::move(answer).value()};
    }
    if (answer.error().kind == journal::JournalErrorKind::unavailable) {
        idle(limits);  // the next poll tries again at once
        return journal::Interrupted{0};
    }
    failed_ = true;
    return journal::Failed{0, answer.error()};
}

void JournalSubscription::seek(std::int32_t partition, std::int64_t from) {
    if (partition != 0) return;
    next_ = from;
    failed_ = false;
}

void JournalSubscription::pause(std::int32_t partition) {
    if (partition == 0) paused_ = true;
}

void JournalSubscription::resume(std::int32_t partition) {
    if (partition == 0) paused_ = failed_ = false;
}

}  // namespace outlay::sqlite
