// The writer thread of the SQLite journal.
#include "platform/sqlite/journal_writer.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "platform/log.hpp"

namespace outlay::sqlite {

using journal::AppendOutcome;
using journal::AppendResult;

JournalWriter::JournalWriter(JournalRecords records, JournalEnd end, JournalOptions options,
                             const platform::Clock& clock, Committed committed)
    : records_(std::move(records)),
      end_(end),
      options_(std::move(options)),
      clock_(clock),
      committed_(std::move(committed)),
      thread_([this] { run(); }) {}

JournalWriter::~JournalWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    queued_.notify_one();
    thread_.join();
}

void JournalWriter::append(std::string key, std::string value, journal::AppendDone done) {
    Waiting waiting{std::move(key), std::move(value), std::move(done)};
    if (enqueue(waiting)) return queued_.notify_one();
    waiting.done({AppendResult::not_written, {}});
}

// Takes `waiting` over if there is room.
bool JournalWriter::enqueue(Waiting& waiting) {
    const std::lock_guard lock(mutex_);
    const bool room = waiting_records_ < options_.queue_records_max &&
                      waiting_bytes_ + waiting.bytes() <= options_.queue_bytes_max;
    if (!room || stopping_) return false;
    waiting_records_ += 1;
    waiting_bytes_ += waiting.bytes();
    queue_.push_back(std::move(waiting));
    return true;
}

void JournalWriter::run() {
    for (auto group = next_group(); !group.empty(); group = next_group()) {
        const auto result = commit(group);
        const auto first = end_.next - static_cast<std::int64_t>(group.size());
        if (result == AppendResult::appended) committed_(end_.next);
        settle(std::move(group), result, first);
    }
}

JournalWriter::Group JournalWriter::next_group() {
    std::unique_lock lock(mutex_);
    queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    Group group;
    std::size_t bytes = 0;
    while (!queue_.empty() && group.size() < options_.commit_records_max &&
           bytes < options_.commit_bytes_max) {
        bytes += queue_.front().bytes();
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return group;
}

AppendResult JournalWriter::commit(const Group& group) {
    auto& database = records_.database();
    roll_back();
    if (!end_known_ && !find_end()) return AppendResult::not_written;
    const auto appended_at = std::max(clock_.now(), end_.last_appended_at);
    auto written = database.execute("BEGIN IMMEDIATE");
    if (written) written = insert(group, appended_at);
    if (!written) {
        platform::log(platform::LogLevel::error, "journal write failed",
                      {{"detail", written.error().message}});
        roll_back();
        end_known_ = false;  // a taken offset would fail for ever otherwise
        return AppendResult::not_written;
    }
    if (auto committed = database.execute("COMMIT"); !committed) {
        platform::log(platform::LogLevel::error, "journal commit failed",
                      {{"detail", committed.error().message}});
        // Busy leaves the transaction as it was. After anything else its pages may be in the
        // write-ahead log already, where a crash now would bring them to life.
        const bool busy = (committed.error().code & 0xff) == SQLITE_BUSY;
        roll_back();
        end_known_ = false;
        return busy ? AppendResult::not_written : AppendResult::unknown;
    }
    end_.next += static_cast<std::int64_t>(group.size());
    end_.last_appended_at = appended_at;
    return AppendResult::appended;
}

Status JournalWriter::insert(const Group& group, domain::Instant appended_at) {
    auto offset = end_.next;
    for (const auto& waiting : group) {
        auto done = records_.insert(offset, appended_at, waiting.key, waiting.value);
        if (!done) return done;
        ++offset;
    }
    return domain::Done{};
}

bool JournalWriter::find_end() {
    auto found = records_.end();
    if (!found) return false;
    end_known_ = true;
    end_.next = found->next;
    end_.last_appended_at = std::max(end_.last_appended_at, found->last_appended_at);
    committed_(end_.next);  // an unknown commit may have made it
    return true;
}

void JournalWriter::roll_back() {
    auto& database = records_.database();
    if (!database.in_transaction()) return;
    if (auto done = database.execute("ROLLBACK"); !done) {
        platform::log(platform::LogLevel::error, "journal roll-back failed",
                      {{"detail", done.error().message}});
    }
}

void JournalWriter::settle(Group group, AppendResult result, std::int64_t first) {
    {
        const std::lock_guard lock(mutex_);
        waiting_records_ -= group.size();
        for (const auto& waiting : group) waiting_bytes_ -= waiting.bytes();
    }
    auto offset = first;
    for (const auto& waiting : group) {
        AppendOutcome outcome{result, {}};
        if (result == AppendResult::appended) outcome.position = {0, offset++};
        waiting.done(outcome);
    }
}

}  // namespace outlay::sqlite
