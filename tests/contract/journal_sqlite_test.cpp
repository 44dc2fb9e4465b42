// Promise: journal.db keeps every acknowledged append over kill -9, says unknown only when it does
// not know, finds damage, and groups waiting appends into one commit.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <semaphore>
#include <set>

#include "platform/sqlite/database.hpp"
#include "platform/sqlite/journal.hpp"
#include "tests/contract/journal_under_test.hpp"

namespace outlay::tests {
namespace {

using journal::AppendResult;
using journal::JournalErrorKind;
using sqlite::SqliteJournal;

// Every look is one microsecond later than the one before.
class TickingClock final : public platform::Clock {
public:
    domain::Instant now() const override { return {micros++}; }
    std::chrono::steady_clock::time_point monotonic() const override {
        return std::chrono::steady_clock::now();
    }
    mutable std::atomic<std::int64_t> micros{1'000'000};
};

class SqliteJournalTest : public testing::Test {
protected:
    std::unique_ptr<SqliteJournal> open(sqlite::JournalOptions options = {}) {
        options.file = file_;
        auto opened = SqliteJournal::open(std::move(options), clock_);
        if (!opened) throw std::runtime_error(opened.error().detail);
        return std::move(opened).value();
    }
    // A connection beside the journal's own.
    sqlite::Result<sqlite::Database> database() { return sqlite::Database::open(file_); }
    // Runs `body` in a child process (it answers the exit code) and waits for it.
    static int in_child(const std::function<int()>& body) {
        const auto child = ::fork();
        if (child == 0) ::_exit(body());
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    TemporaryFolder folder_;
    std::filesystem::path file_ = folder_.path() / "journal.db";
    TickingClock clock_;
};

struct Acknowledged {
    std::int64_t offset;
    std::int64_t number;
};

std::string value_of(std::int64_t number) {
    return std::to_string(number) + ":" + std::string(static_cast<std::size_t>(number % 977), 'x');
}

// Appends for ever and writes what was acknowledged into the pipe; ended by kill -9.
[[noreturn]] void append_until_killed(const std::filesystem::path& file, std::int64_t first,
                                      int pipe) {
    const platform::SystemClock clock;
    auto journal = SqliteJournal::open({.file = file}, clock);
    if (!journal) ::_exit(3);
    std::counting_semaphore<> free_slots(64);
    for (auto number = first;; ++number) {
        free_slots.acquire();
        (*journal)->append(0, "key", value_of(number), [&, number](journal::AppendOutcome outcome) {
            const Acknowledged line{outcome.position.offset, number};
            if (outcome.result == AppendResult::appended &&
                ::write(pipe, &line, sizeof line) != sizeof line) {
                ::_exit(4);
            }
            free_slots.release();
        });
    }
}

// What one child had acknowledged when it was killed in the middle of its work.
std::vector<Acknowledged> acknowledged_before_kill(const std::filesystem::path& file,
                                                   std::int64_t first, std::size_t enough) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    const auto child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        append_until_killed(file, first, ends[1]);
    }
    ::close(ends[1]);
    std::vector<Acknowledged> lines;
    Acknowledged line{};
    while (::read(ends[0], &line, sizeof line) == sizeof line) {
        lines.push_back(line);
        if (lines.size() == enough) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return lines;
}

TEST_F(SqliteJournalTest, kill_9_loses_no_acknowledged_append) {
    std::map<std::int64_t, std::int64_t> number_at;
    for (const std::int64_t round : {0, 1, 2}) {
        const auto lines = acknowledged_before_kill(file_, round * 1'000'000, 700);
        ASSERT_GE(lines.size(), 700u);
        for (const auto& line : lines) {
            EXPECT_TRUE(number_at.emplace(line.offset, line.number).second)
                << "an acknowledged offset was given away again";
        }
    }
    const auto journal = open();
    const auto end = journal->end(0).value();
    const auto records = read_many(*journal, 0, 0, static_cast<std::size_t>(end));
    ASSERT_GT(end, number_at.rbegin()->first);
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto offset = records[i].position.offset;
        EXPECT_EQ(offset, static_cast<std::int64_t>(i));
        const auto found = number_at.find(offset);
        if (found == number_at.end()) continue;  // committed, but killed before it was told
        EXPECT_EQ(records[i].value, value_of(found->second));
    }
}

TEST_F(SqliteJournalTest, reopening_goes_on_where_the_log_ended) {
    append_many(*open(), 0, "first ", 3);
    const auto journal = open();
    EXPECT_EQ(append(*journal, 0, "second").position.offset, 3);
    EXPECT_EQ(read_many(*journal, 0, 0, 4).at(3).value, "second");
}

TEST_F(SqliteJournalTest, a_clock_that_goes_back_does_not_take_append_times_back) {
    auto journal = open();
    append_many(*journal, 0, "value ", 2);
    clock_.micros = 500;
    append_many(*journal, 0, "value ", 2);
    journal.reset();
    journal = open();
    append_many(*journal, 0, "value ", 2);
    domain::Instant last{1'000'000};
    for (const auto& record : read_many(*journal, 0, 0, 6)) {
        EXPECT_GE(record.appended_at, last);
        last = record.appended_at;
    }
}

TEST_F(SqliteJournalTest, waiting_appends_share_one_commit) {
    const auto journal = open();
    append_many(*journal, 0, "value ", 1);
    auto other = database();
    ASSERT_TRUE(other->execute("BEGIN IMMEDIATE").ok());  // the writer thread waits for this
    Outcomes outcomes;
    for (int i = 0; i < 100; ++i) journal->append(0, "key", "value", outcomes.slot());
    ASSERT_TRUE(other->execute("ROLLBACK").ok());
    for (const auto& outcome : outcomes.wait()) EXPECT_EQ(outcome.result, AppendResult::appended);
    std::set<std::int64_t> commits;  // the clock ticks once a commit
    for (const auto& record : read_many(*journal, 0, 1, 100)) {
        commits.insert(record.appended_at.micros);
    }
    EXPECT_LE(commits.size(), 2u) << "the first may go alone, the others waited together";
}

TEST_F(SqliteJournalTest, a_full_queue_answers_not_written_at_once) {
    const auto journal = open({.queue_records_max = 3});
    auto other = database();
    ASSERT_TRUE(other->execute("BEGIN IMMEDIATE").ok());
    Outcomes waiting;
    for (int i = 0; i < 3; ++i) journal->append(0, "key", "waits", waiting.slot());
    Outcomes rejected;
    journal->append(0, "key", "too many", rejected.slot());
    EXPECT_EQ(rejected.calls(), 1u) << "answered from within append";
    EXPECT_EQ(rejected.wait().at(0).result, AppendResult::not_written);
    ASSERT_TRUE(other->execute("ROLLBACK").ok());
    for (const auto& outcome : waiting.wait()) EXPECT_EQ(outcome.result, AppendResult::appended);
    EXPECT_EQ(journal->end(0).value(), 3);
}

TEST_F(SqliteJournalTest, a_full_queue_counts_bytes_too) {
    const auto journal = open({.queue_bytes_max = 1000});
    EXPECT_EQ(append(*journal, 0, std::string(2000, 'x')).result, AppendResult::not_written);
    EXPECT_EQ(append(*journal, 0, std::string(500, 'x')).result, AppendResult::appended);
}

TEST_F(SqliteJournalTest, a_changed_byte_is_found_and_the_records_around_it_stay_readable) {
    const auto journal = open();
    append_many(*journal, 0, "value ", 5);
    ASSERT_TRUE(
        database()->execute("UPDATE records SET value = x'00' WHERE record_offset = 2").ok());
    EXPECT_EQ(journal->read(0, 0, {})->size(), 2u);
    const auto damaged = journal->read(0, 2, {});
    ASSERT_FALSE(damaged.ok());
    EXPECT_EQ(damaged.error().kind, JournalErrorKind::corrupt);
    EXPECT_EQ(journal->read(0, 3, {})->size(), 2u);
}

TEST_F(SqliteJournalTest, a_missing_record_is_corrupt) {
    const auto journal = open();
    append_many(*journal, 0, "value ", 5);
    ASSERT_TRUE(database()->execute("DELETE FROM records WHERE record_offset = 2").ok());
    EXPECT_EQ(journal->read(0, 2, {}).error().kind, JournalErrorKind::corrupt);
}

TEST_F(SqliteJournalTest, a_file_of_another_kind_is_refused) {
    std::ofstream(file_)
        << "this is no database, and long enough to be read as a header of one....";
    const auto opened = SqliteJournal::open({.file = file_}, clock_);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().kind, JournalErrorKind::corrupt);
}

TEST_F(SqliteJournalTest, a_newer_format_is_refused) {
    append_many(*open(), 0, "value ", 1);
    ASSERT_TRUE(database()->execute("PRAGMA user_version = 2").ok());
    const auto opened = SqliteJournal::open({.file = file_}, clock_);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().kind, JournalErrorKind::corrupt);
}

TEST_F(SqliteJournalTest, a_read_only_journal_follows_the_writer_and_appends_nothing) {
    const auto writer = open();
    append_many(*writer, 0, "value ", 2);
    const auto reader = open({.read_only = true});
    EXPECT_EQ(reader->end(0).value(), 2);
    EXPECT_EQ(append(*reader, 0, "no").result, AppendResult::not_written);
    append_many(*writer, 0, "later ", 1);
    EXPECT_EQ(read_many(*reader, 0, 2, 1).at(0).value, "later 0");
}

// Runs with a limit on file sizes, so that the commit cannot write its pages. The checks are the
// exit code.
int append_on_a_full_disk(const std::filesystem::path& file) {
    const platform::SystemClock clock;
    auto opened = SqliteJournal::open({.file = file}, clock);
    if (!opened) return 1;
    auto& journal = **opened;
    if (append(journal, 0, "fits").result != AppendResult::appended) return 2;
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{100'000, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto result = append(journal, 0, std::string(500'000, 'x')).result;
    if (result != AppendResult::unknown && result != AppendResult::not_written) return 3;
    ::setrlimit(RLIMIT_FSIZE, &before);
    const auto later = append(journal, 0, "fits again");
    if (later.result != AppendResult::appended) return 4;
    return journal.end(0).value() == later.position.offset + 1 ? 0 : 5;
}

TEST_F(SqliteJournalTest, a_full_disk_is_never_told_as_written_and_the_journal_recovers) {
    EXPECT_EQ(in_child([this] { return append_on_a_full_disk(file_); }), 0);
    const auto journal = open();
    const auto end = journal->end(0).value();
    const auto records = read_many(*journal, 0, 0, static_cast<std::size_t>(end));
    EXPECT_EQ(records.front().value, "fits");
    EXPECT_EQ(records.back().value, "fits again");
}

}  // namespace
}  // namespace outlay::tests
