// The Journal half of the memory adapter: appending, reading, faults.
#include "platform/memory/journal.hpp"

#include <algorithm>

#include "platform/memory/log.hpp"

namespace outlay::memory {

using domain::Fail;
using journal::AppendOutcome;
using journal::AppendResult;
using journal::JournalError;
using journal::JournalErrorKind;
using journal::Record;

namespace {

// How a fault answers, and whether the record is in the log all the same.
struct FaultEffect {
    AppendResult result;
    bool written;
};

FaultEffect effect_of(AppendFault fault) {
    switch (fault) {
        case AppendFault::lost_ack:
            return {AppendResult::unknown, true};
        case AppendFault::lost_append:
            return {AppendResult::unknown, false};
        case AppendFault::somewhere:
            return {AppendResult::appended_somewhere, true};
        case AppendFault::refused:
            return {AppendResult::refused, false};
        case AppendFault::not_written:
            return {AppendResult::not_written, false};
    }
    CHECK(false, "unknown append fault");
}

JournalError no_such_partition() {
    return {JournalErrorKind::unavailable, "no such partition"};
}

}  // namespace

MemoryJournal::Log::Partition* MemoryJournal::Log::find(std::int32_t partition) {
    if (partition < 0 || static_cast<std::size_t>(partition) >= partitions.size()) return nullptr;
    return &partitions[static_cast<std::size_t>(partition)];
}

AppendOutcome MemoryJournal::Log::append(std::int32_t partition, std::string key,
                                         std::string value) {
    auto* target = find(partition);
    if (target == nullptr || journal::too_large(key, value)) return {AppendResult::refused, {}};
    if (!available) return {AppendResult::not_written, {}};
    FaultEffect effect{AppendResult::appended, true};
    if (!faults.empty()) {
        effect = effect_of(faults.front());
        faults.pop_front();
    }
    if (!effect.written) return {effect.result, {}};
    const journal::Position position{partition, target->end()};
    last_append = std::max(last_append, clock.now());
    target->records.push_back({position, last_append, std::move(key), std::move(value)});
    if (effect.result == AppendResult::appended) return {effect.result, position};
    return {effect.result, {}};
}

domain::Result<std::vector<Record>, JournalError> MemoryJournal::Log::read(
    std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits) {
    const auto* source = find(partition);
    if (source == nullptr) return Fail{no_such_partition()};
    if (!available) return Fail{JournalError{JournalErrorKind::unavailable, "out of reach"}};
    if (from > source->end()) {
        return Fail{JournalError{JournalErrorKind::lost_tail,
                                 "the log ends at " + std::to_string(source->end())}};
    }
    std::vector<Record> records;
    std::size_t bytes = 0;
    for (auto at = from; at < source->end(); ++at) {
        if (records.size() >= limits.records_max || bytes >= limits.bytes_max) break;
        if (source->unreadable.contains(at)) {
            if (!records.empty()) break;  // the good ones first
            return Fail{JournalError{JournalErrorKind::corrupt,
                                     "record " + std::to_string(at) + " is unreadable"}};
        }
        records.push_back(source->records[static_cast<std::size_t>(at)]);
        bytes += records.back().key.size() + records.back().value.size();
    }
    return records;
}

MemoryJournal::MemoryJournal(std::int32_t partitions, const platform::Clock& clock)
    : log_(std::make_unique<Log>(partitions, clock)) {
    CHECK(partitions > 0, "a journal has at least one partition");
}

MemoryJournal::~MemoryJournal() {
    CHECK(log_->members.empty(), "a subscription outlives its journal");
    release_outcomes();
}

std::int32_t MemoryJournal::partition_count() const {
    return static_cast<std::int32_t>(log_->partitions.size());
}

void MemoryJournal::append(std::int32_t partition, std::string key, std::string value,
                           journal::AppendDone done) {
    AppendOutcome outcome;
    {
        const std::lock_guard lock(log_->mutex);
        outcome = log_->append(partition, std::move(key), std::move(value));
        if (log_->holding) log_->held.emplace_back(std::exchange(done, nullptr), outcome);
    }
    log_->changed.notify_all();
    if (done) done(outcome);
}

domain::Result<std::vector<Record>, JournalError> MemoryJournal::read(
    std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits) {
    CHECK(from >= 0, "an offset is never negative");
    const auto deadline = std::chrono::steady_clock::now() + limits.wait;
    std::unique_lock lock(log_->mutex);
    auto answer = log_->read(partition, from, limits);
    while (answer.ok() && answer->empty() &&
           log_->changed.wait_until(lock, deadline) == std::cv_status::no_timeout) {
        answer = log_->read(partition, from, limits);
    }
    return answer;
}

domain::Result<std::int64_t, JournalError> MemoryJournal::end(std::int32_t partition) {
    const std::lock_guard lock(log_->mutex);
    const auto* source = log_->find(partition);
    if (source == nullptr) return Fail{no_such_partition()};
    if (!log_->available) return Fail{JournalError{JournalErrorKind::unavailable, "out of reach"}};
    return source->end();
}

void MemoryJournal::fail_next_append(AppendFault fault) {
    const std::lock_guard lock(log_->mutex);
    log_->faults.push_back(fault);
}

void MemoryJournal::truncate(std::int32_t partition, std::int64_t end) {
    {
        const std::lock_guard lock(log_->mutex);
        auto* target = log_->find(partition);
        CHECK(target != nullptr && end >= 0 && end <= target->end(), "truncation out of range");
        target->records.resize(static_cast<std::size_t>(end));
        target->unreadable.erase(target->unreadable.lower_bound(end), target->unreadable.end());
    }
    log_->changed.notify_all();
}

void MemoryJournal::corrupt(std::int32_t partition, std::int64_t offset) {
    const std::lock_guard lock(log_->mutex);
    auto* target = log_->find(partition);
    CHECK(target != nullptr && offset >= 0 && offset < target->end(), "no such record");
    target->unreadable.insert(offset);
}

void MemoryJournal::interrupt(std::int32_t partition) {
    {
        const std::lock_guard lock(log_->mutex);
        log_->interrupt(partition);
    }
    log_->changed.notify_all();
}

void MemoryJournal::set_available(bool available) {
    {
        const std::lock_guard lock(log_->mutex);
        if (available && !log_->available) {
            for (std::int32_t p = 0; log_->find(p) != nullptr; ++p) log_->interrupt(p);
        }
        log_->available = available;
    }
    log_->changed.notify_all();
}

void MemoryJournal::hold_outcomes() {
    const std::lock_guard lock(log_->mutex);
    log_->holding = true;
}

void MemoryJournal::release_outcomes() {
    std::vector<std::pair<journal::AppendDone, AppendOutcome>> held;
    {
        const std::lock_guard lock(log_->mutex);
        log_->holding = false;
        held.swap(log_->held);
    }
    for (const auto& [done, outcome] : held) done(outcome);
}

}  // namespace outlay::memory
