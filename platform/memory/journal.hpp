// A journal in memory, for tests and the simulator. Deterministic: with one thread and no waits,
// the same calls give the same answers. Offers the faults that a real log has. Any thread.
#pragma once

#include <memory>

#include "journal/journal.hpp"
#include "platform/clock.hpp"

namespace outlay::memory {

// What happens to an append instead of the ordinary.
enum class AppendFault {
    lost_ack,     // written, answered unknown
    lost_append,  // not written, answered unknown
    somewhere,    // written, the position is not told
    refused,      // not written, never acceptable
    not_written,  // not written, may be tried again
};

// Outcomes are called from within append, unless they are held. Subscriptions share the partitions
// as one consumer group (contiguous ranges in order of joining) and must end before the journal.
class MemoryJournal final : public journal::Journal, public journal::Subscriptions {
public:
    MemoryJournal(std::int32_t partitions, const platform::Clock& clock);
    ~MemoryJournal() override;  // releases held outcomes
    MemoryJournal(const MemoryJournal&) = delete;
    MemoryJournal& operator=(const MemoryJournal&) = delete;

    std::int32_t partition_count() const override;
    void append(std::int32_t partition, std::string key, std::string value,
                journal::AppendDone done) override;
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits) override;
    domain::Result<std::int64_t, journal::JournalError> end(std::int32_t partition) override;
    std::unique_ptr<journal::Subscription> subscribe(journal::StartOffset start) override;

    // Hits the next append that has no fault yet: several calls line up.
    void fail_next_append(AppendFault fault);
    // Loses every record from offset `end` on.
    void truncate(std::int32_t partition, std::int64_t end);
    // Makes one record unreadable.
    void corrupt(std::int32_t partition, std::int64_t offset);
    // The owner of the partition is told that its fetching was interrupted.
    void interrupt(std::int32_t partition);
    // While unavailable, appends are not written and reads fail; coming back interrupts every
    // partition.
    void set_available(bool available);
    // Keeps outcomes back until release_outcomes, which calls them in order of appending.
    void hold_outcomes();
    void release_outcomes();

private:
    struct Log;
    class Member;
    std::unique_ptr<Log> log_;
};

}  // namespace outlay::memory
