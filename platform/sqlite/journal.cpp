// The SQLite journal: opens the file, reads beside the writer thread, wakes readers when it
// commits.
#include "platform/sqlite/journal.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "platform/sqlite/journal_records.hpp"
#include "platform/sqlite/journal_subscription.hpp"
#include "platform/sqlite/journal_writer.hpp"

namespace outlay::sqlite {

using domain::Fail;
using journal::AppendResult;
using journal::JournalError;
using journal::JournalErrorKind;
using journal::Record;

namespace {

constexpr std::chrono::milliseconds foreign_commit_interval{50};

JournalError no_such_partition() {
    return {JournalErrorKind::unavailable, "no such partition"};
}

}  // namespace

struct SqliteJournal::Parts {
    explicit Parts(JournalRecords reading) : reader(std::move(reading)) {}

    domain::Result<std::int64_t, JournalError> end();
    domain::Result<std::vector<Record>, JournalError> read(std::int64_t from,
                                                           const journal::ReadLimits& limits);
    void wait_beyond(std::int64_t from, platform::Deadline deadline);
    void committed(std::int64_t end);

    std::mutex reader_mutex;  // guards reader
    JournalRecords reader;
    std::mutex end_mutex;  // guards known_end
    std::condition_variable end_changed;
    std::int64_t known_end = 0;             // kept by the writer; unused without one
    std::unique_ptr<JournalWriter> writer;  // empty: read only. Last, so that its thread ends first
};

domain::Result<std::int64_t, JournalError> SqliteJournal::Parts::end() {
    if (writer != nullptr) {
        const std::lock_guard guard(end_mutex);
        return known_end;
    }
    const std::lock_guard guard(reader_mutex);
    auto found = reader.end();
    if (!found) return Fail{journal_error(found.error())};
    return found->next;
}

// Never beyond the end that the writer has announced: otherwise the next read would find itself
// beyond the end.
domain::Result<std::vector<Record>, JournalError> SqliteJournal::Parts::read(
    std::int64_t from, const journal::ReadLimits& limits) {
    const auto last = end();
    if (!last) return Fail{last.error()};
    if (from > *last) {
        return Fail{
            JournalError{JournalErrorKind::lost_tail, "the log ends at " + std::to_string(*last)}};
    }
    if (from == *last) return std::vector<Record>{};
    const std::lock_guard guard(reader_mutex);
    return reader.read(from, *last, limits);
}

void SqliteJournal::Parts::wait_beyond(std::int64_t from, platform::Deadline deadline) {
    std::unique_lock guard(end_mutex);
    if (writer != nullptr) {
        end_changed.wait_until(guard, deadline, [&] { return known_end > from; });
    } else {
        const auto look = std::chrono::steady_clock::now() + foreign_commit_interval;
        end_changed.wait_until(guard, std::min(deadline, look), [] { return false; });
    }
}

void SqliteJournal::Parts::committed(std::int64_t end) {
    {
        const std::lock_guard guard(end_mutex);
        known_end = end;
    }
    end_changed.notify_all();
}

domain::Result<std::unique_ptr<SqliteJournal>, JournalError> SqliteJournal::open(
    JournalOptions options, const platform::Clock& clock) {
    auto writing = Database::open(options.file, {.query_only = options.read_only});
    if (!writing) return Fail{journal_error(writing.error())};
    JournalRecords records(std::move(*writing));
    if (auto made = records.prepare(!options.read_only); !made) {
        return Fail{journal_error(made.error())};
    }
    auto end = records.end();
    if (!end) return Fail{journal_error(end.error())};
    if (options.read_only) {
        return std::unique_ptr<SqliteJournal>(
            new SqliteJournal(std::make_unique<Parts>(std::move(records))));
    }
    auto reading = Database::open(options.file, {.query_only = true});
    if (!reading) return Fail{journal_error(reading.error())};
    auto parts = std::make_unique<Parts>(JournalRecords(std::move(*reading)));
    parts->known_end = end->next;
    parts->writer = std::make_unique<JournalWriter>(
        std::move(records), *end, options, clock,
        [owner = parts.get()](std::int64_t next) { owner->committed(next); });
    return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(parts)));
}

SqliteJournal::SqliteJournal(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteJournal::~SqliteJournal() = default;

void SqliteJournal::append(std::int32_t partition, std::string key, std::string value,
                           journal::AppendDone done) {
    if (partition != 0 || journal::too_large(key, value)) {
        done({AppendResult::refused, {}});
    } else if (parts_->writer == nullptr) {
        done({AppendResult::not_written, {}});
    } else {
        parts_->writer->append(std::move(key), std::move(value), std::move(done));
    }
}

domain::Result<std::vector<Record>, JournalError> SqliteJournal::read(
    std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits) {
    CHECK(from >= 0, "an offset is never negative");
    if (partition != 0) return Fail{no_such_partition()};
    const auto deadline = std::chrono::steady_clock::now() + limits.wait;
    auto answer = parts_->read(from, limits);
    while (answer.ok() && answer->empty() && std::chrono::steady_clock::now() < deadline) {
        parts_->wait_beyond(from, deadline);
        answer = parts_->read(from, limits);
    }
    return answer;
}

domain::Result<std::int64_t, JournalError> SqliteJournal::end(std::int32_t partition) {
    if (partition != 0) return Fail{no_such_partition()};
    return parts_->end();
}

std::unique_ptr<journal::Subscription> SqliteJournal::subscribe(journal::StartOffset start) {
    return std::make_unique<JournalSubscription>(*this, std::move(start));
}

}  // namespace outlay::sqlite
