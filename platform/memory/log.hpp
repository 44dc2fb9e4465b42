// What MemoryJournal and its subscriptions share: records, faults and the ownership of partitions.
// Every member is guarded by `mutex`. Private to this folder.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "platform/memory/journal.hpp"

namespace outlay::memory {

struct MemoryJournal::Log {
    struct Partition {
        std::vector<journal::Record> records;
        std::set<std::int64_t> unreadable;
        Member* owner = nullptr;
        std::int64_t end() const { return static_cast<std::int64_t>(records.size()); }
    };

    Log(std::int32_t count, const platform::Clock& time)
        : clock(time), partitions(static_cast<std::size_t>(count)) {}

    Partition* find(std::int32_t partition);
    // Applies the next fault, if there is one; writes unless it says otherwise.
    journal::AppendOutcome append(std::int32_t partition, std::string key, std::string value);
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits);
    // Gives every partition to a member: contiguous ranges in order of joining.
    void rebalance();
    void interrupt(std::int32_t partition);

    const platform::Clock& clock;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Partition> partitions;
    std::vector<Member*> members;
    std::deque<AppendFault> faults;
    std::vector<std::pair<journal::AppendDone, journal::AppendOutcome>> held;
    domain::Instant last_append{};
    bool holding = false;
    bool available = true;
};

// One subscription. The owned partitions and the notices are guarded by the log's mutex, because a
// joining member takes partitions away; the rest belongs to the polling thread.
class MemoryJournal::Member final : public journal::Subscription {
public:
    Member(Log& log, journal::StartOffset start);
    ~Member() override;
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

    journal::Delivery poll(const journal::ReadLimits& limits) override;
    void seek(std::int32_t partition, std::int64_t from) override;
    void pause(std::int32_t partition) override;
    void resume(std::int32_t partition) override;
    void processed(std::int32_t, std::int64_t) override {}

    // For Log::rebalance and Log::interrupt, under the log's mutex.
    void take(std::int32_t partition) { owned_.try_emplace(partition); }
    void lose(std::int32_t partition);
    void notify(journal::Delivery notice) { notices_.push_back(std::move(notice)); }

private:
    struct Reading {
        std::optional<std::int64_t> next;  // empty until StartOffset answers
        bool paused = false;
        bool failed = false;
    };
    void ask_starts(std::unique_lock<std::mutex>& lock);
    std::optional<journal::Delivery> next_delivery(const journal::ReadLimits& limits);
    std::optional<journal::Delivery> read_one(std::int32_t partition, Reading& reading,
                                              const journal::ReadLimits& limits);

    Log& log_;
    journal::StartOffset start_;
    std::map<std::int32_t, Reading> owned_;
    std::deque<journal::Delivery> notices_;
    std::int32_t last_served_ = -1;
};

}  // namespace outlay::memory
