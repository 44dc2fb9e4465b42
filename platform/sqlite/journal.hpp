// The journal of the embedded form: one partition in one SQLite file (journal.db). Waiting appends
// share one transaction and one fsync (group commit). DirectoryLock keeps a second writing process
// out. Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "journal/journal.hpp"
#include "platform/clock.hpp"

namespace outlay::sqlite {

struct JournalOptions {
    std::filesystem::path file{};
    // For tools beside a running server: appends are not written, readers look every 50 ms instead
    // of being woken.
    bool read_only = false;
    // Waiting appends; above either limit an append is not written. Records are small, so the bytes
    // only matter when somebody writes many large ones.
    std::size_t queue_records_max = 10'000;
    std::size_t queue_bytes_max = 64 << 20;
    // One transaction; bounds how long one commit takes.
    std::size_t commit_records_max = 2'000;
    std::size_t commit_bytes_max = 8 << 20;
};

// Outcomes are called by the writer thread after the commit, or from within append if nothing was
// queued. Subscriptions must end before the journal. The destructor commits what is queued.
class SqliteJournal final : public journal::Journal, public journal::Subscriptions {
public:
    // `unavailable` if it cannot be opened, `corrupt` if it is no journal of this format.
    static domain::Result<std::unique_ptr<SqliteJournal>, journal::JournalError> open(
        JournalOptions options, const platform::Clock& clock);
    ~SqliteJournal() override;
    SqliteJournal(const SqliteJournal&) = delete;
    SqliteJournal& operator=(const SqliteJournal&) = delete;

    std::int32_t partition_count() const override { return 1; }
    void append(std::int32_t partition, std::string key, std::string value,
                journal::AppendDone done) override;
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits) override;
    domain::Result<std::int64_t, journal::JournalError> end(std::int32_t partition) override;
    // Owns partition 0 at once and for good.
    std::unique_ptr<journal::Subscription> subscribe(journal::StartOffset start) override;

private:
    struct Parts;
    explicit SqliteJournal(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace outlay::sqlite
