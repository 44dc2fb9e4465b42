// Promise (SQLite): the files are private, commits are synced, and one process serves a data
// directory at a time.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "platform/sqlite/database.hpp"
#include "platform/sqlite/directory_lock.hpp"
#include "platform/sqlite/store.hpp"
#include "tests/contract/store_subject.hpp"

namespace outlay::tests {
namespace {

class SqliteFiles : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "outlay-files-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_;
};

std::string text_of(sqlite::Database& database, std::string_view statement) {
    auto prepared = database.prepare(statement);
    if (!prepared) return prepared.error().message;
    const sqlite::StatementUse use(**prepared);
    auto row = use->step();
    return row.ok() && *row ? std::string(use->bytes(0)) : "";
}

TEST_F(SqliteFiles, a_second_taker_of_the_directory_is_refused_by_name_until_the_first_lets_go) {
    {
        auto first = sqlite::DirectoryLock::take(folder_);
        ASSERT_TRUE(first.ok()) << first.error();
        auto second = sqlite::DirectoryLock::take(folder_);
        ASSERT_FALSE(second.ok());
        EXPECT_NE(second.error().find(folder_.string()), std::string::npos) << second.error();
        auto moved = std::move(*first);
        EXPECT_FALSE(sqlite::DirectoryLock::take(folder_).ok());
    }
    EXPECT_TRUE(sqlite::DirectoryLock::take(folder_).ok());
}

TEST_F(SqliteFiles, a_directory_that_is_missing_cannot_be_locked_or_opened) {
    const auto missing = folder_ / "missing";
    auto lock = sqlite::DirectoryLock::take(missing);
    ASSERT_FALSE(lock.ok());
    EXPECT_NE(lock.error().find(missing.string()), std::string::npos);
    auto store = sqlite::open_store(missing / "store.db");
    ASSERT_FALSE(store.ok());
    EXPECT_EQ(store.error().kind, sql::ErrorKind::unavailable);
}

TEST_F(SqliteFiles, the_store_and_its_log_are_readable_by_their_owner_alone) {
    auto store = sqlite::open_store(folder_ / "store.db");
    ASSERT_TRUE(store.ok());
    ASSERT_DONE((*store)->run_script("CREATE TABLE outlay.x (a)", 0));
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
        struct stat status{};
        ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
        ++files;
    }
    EXPECT_EQ(files, 3U);
}

TEST_F(SqliteFiles, a_database_syncs_every_commit_and_checks_foreign_keys) {
    auto database = sqlite::Database::open(folder_ / "x.db");
    ASSERT_TRUE(database.ok());
    EXPECT_EQ(text_of(*database, "PRAGMA journal_mode"), "wal");
    EXPECT_EQ(text_of(*database, "PRAGMA synchronous"), "2");  // FULL
    EXPECT_EQ(text_of(*database, "PRAGMA foreign_keys"), "1");
}

TEST_F(SqliteFiles, only_what_the_journal_would_bring_again_is_committed_without_waiting) {
    auto store = sqlite::open_store(folder_ / "store.db");
    ASSERT_TRUE(store.ok());
    const auto level_in = [&](const sql::TransactionOptions& options) {
        std::int64_t level = -1;
        EXPECT_DONE((*store)->transact(options, [&](sql::Session& session) -> sql::Status {
            auto rows = session.query("PRAGMA synchronous");
            if (!rows) return domain::Fail{rows.error()};
            level = rows->integer(0, 0);
            return domain::Done{};
        }));
        return level;
    };
    const sql::TransactionOptions durable{.access = sql::Access::project, .workspace = {}};
    auto replayable = durable;
    replayable.is_replayable = true;
    EXPECT_EQ(level_in(durable), 2);     // FULL
    EXPECT_EQ(level_in(replayable), 1);  // NORMAL
    EXPECT_EQ(level_in(durable), 2);
}

TEST_F(SqliteFiles, a_store_outlives_its_process_and_keeps_what_was_committed) {
    for (int round = 0; round < 3; ++round) {
        auto store = sqlite::open_store(folder_ / "store.db");
        ASSERT_TRUE(store.ok());
        ASSERT_DONE((*store)->run_script(
            "CREATE TABLE IF NOT EXISTS outlay.x (a); INSERT INTO outlay.x VALUES ('one')", 0));
        EXPECT_DONE((*store)->transact({.access = sql::Access::lookup, .workspace = {}},
                                       [&](sql::Session& session) -> sql::Status {
                                           auto rows =
                                               session.query("SELECT count(*) FROM outlay.x");
                                           if (!rows) return domain::Fail{rows.error()};
                                           EXPECT_EQ(rows->integer(0, 0), round + 1);
                                           return domain::Done{};
                                       }));
    }
}

TEST_F(SqliteFiles, one_text_is_compiled_once_and_takes_exactly_one_statement) {
    auto database = sqlite::Database::open(folder_ / "x.db");
    ASSERT_TRUE(database.ok());
    auto first = database->prepare("SELECT 1;\n");
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(*first, *database->prepare("SELECT 1;\n"));
    EXPECT_FALSE(database->prepare("SELECT 1; SELECT 2").ok());
    EXPECT_FALSE(database->prepare(" -- nothing").ok());
}

}  // namespace
}  // namespace outlay::tests
