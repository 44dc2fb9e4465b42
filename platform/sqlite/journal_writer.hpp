// Group commit: one thread that writes all waiting appends in one transaction. Private to this
// folder. append is for any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "platform/sqlite/journal.hpp"
#include "platform/sqlite/journal_records.hpp"

namespace outlay::sqlite {

class JournalWriter {
public:
    // Told by the writer thread after each commit, before the outcomes.
    using Committed = std::function<void(std::int64_t end)>;

    JournalWriter(JournalRecords records, JournalEnd end, JournalOptions options,
                  const platform::Clock& clock, Committed committed);
    ~JournalWriter();  // commits what is queued
    JournalWriter(const JournalWriter&) = delete;
    JournalWriter& operator=(const JournalWriter&) = delete;

    void append(std::string key, std::string value, journal::AppendDone done);

private:
    struct Waiting {
        std::string key;
        std::string value;
        journal::AppendDone done;
        std::size_t bytes() const { return key.size() + value.size(); }
    };
    using Group = std::vector<Waiting>;

    void run();
    Group next_group();  // empty: stopped and drained
    journal::AppendResult commit(const Group& group);
    bool enqueue(Waiting& waiting);
    Status insert(const Group& group, domain::Instant appended_at);
    bool find_end();
    void roll_back();
    void settle(Group group, journal::AppendResult result, std::int64_t first);

    // Of the writer thread.
    JournalRecords records_;
    JournalEnd end_;
    bool end_known_ = true;  // false after a commit that failed half-way
    const JournalOptions options_;
    const platform::Clock& clock_;
    const Committed committed_;

    std::mutex mutex_;  // guards what follows
    std::condition_variable queued_;
    std::deque<Waiting> queue_;
    std::size_t waiting_records_ = 0;  // queued or being committed
    std::size_t waiting_bytes_ = 0;
    bool stopping_ = false;

    std::thread thread_;  // last: starts when everything else is there
};

}  // namespace outlay::sqlite
