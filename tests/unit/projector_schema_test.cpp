// Promise: migrating is safe to repeat and to do from several processes at once, and what was
// applied is recorded.
#include <thread>

#include "tests/unit/projector_world.hpp"

namespace outlay::tests {
namespace {

constexpr std::string_view start_sql =
    "CREATE TABLE IF NOT EXISTS outlay.schema_migrations (name TEXT PRIMARY KEY, applied_at TEXT)";

TEST(Schema, is_complete_after_the_first_run_and_unchanged_by_the_second) {
    SqliteProjectorStore files;
    auto& store = files.store();
    const auto recorded = rows_of(store, "SELECT name FROM outlay.schema_migrations");
    EXPECT_EQ(recorded,
              (Lines{"0001_fixed", "0002_channels", "0003_recovery", "0004_messages", "0005_timing",
                     "0006_changes", "0007_pauses", "0008_reconciliation", "0009_delivery_log",
                     "generation_0001@1", "generation_0002_indexes@1"}));
    ASSERT_TRUE(workers::migrate(store, migrations::sqlite(), ManualClock{}).ok());
    EXPECT_EQ(rows_of(store, "SELECT name FROM outlay.schema_migrations"), recorded);
    EXPECT_EQ(rows_of(store, "SELECT generation FROM outlay.active_generation"), Lines{"1"});
    EXPECT_EQ(*workers::missing_migrations(store, migrations::sqlite()),
              std::vector<std::string>{});
}

TEST(Schema, applies_a_later_file_of_a_generation_to_every_generation_there_is) {
    SqliteProjectorStore files;
    std::vector<migrations::Migration> all(migrations::sqlite().begin(),
                                           migrations::sqlite().end());
    all.push_back(
        {"generation_0003", "CREATE TABLE read.more (generation INTEGER DEFAULT {generation})"});
    EXPECT_EQ(*workers::missing_migrations(files.store(), all),
              std::vector<std::string>{"generation_0003@1"});
    ASSERT_TRUE(workers::migrate(files.store(), all, ManualClock{}).ok());
    ASSERT_TRUE(change(files.store(), "INSERT INTO read.more DEFAULT VALUES").ok());
    EXPECT_EQ(rows_of(files.store(), "SELECT generation FROM read.more"), Lines{"1"});
}

TEST(Schema, leaves_nothing_of_a_file_that_fails) {
    SqliteProjectorStore files;
    const std::vector<migrations::Migration> all{
        {"0000_start", start_sql},
        {"0009_broken", "CREATE TABLE outlay.half (a TEXT); CREATE TABLE outlay.half (b TEXT)"}};
    EXPECT_FALSE(workers::migrate(files.store(), all, ManualClock{}).ok());
    EXPECT_EQ(*workers::missing_migrations(files.store(), all),
              std::vector<std::string>{"0009_broken"});
    EXPECT_FALSE(change(files.store(), "INSERT INTO outlay.half DEFAULT VALUES").ok());
}

std::map<std::string, workers::MigrationState> states_of(
    sql::Store& store, std::span<const migrations::Migration> all) {
    std::map<std::string, workers::MigrationState> found;
    const auto records = workers::migration_records(store, all);
    for (const auto& record : *records) found[record.name] = record.state;
    return found;
}

TEST(Schema, tells_what_was_applied_is_missing_was_changed_and_is_newer) {
    using enum workers::MigrationState;
    SqliteProjectorStore files;
    std::vector<migrations::Migration> all(migrations::sqlite().begin(),
                                           migrations::sqlite().end());
    all[1].sql = "SELECT 1";
    all.push_back({"9000_more", "SELECT 1"});
    ASSERT_TRUE(
        change(files.store(), "INSERT INTO outlay.schema_migrations VALUES ('9999_later', 'then')")
            .ok());
    const auto states = states_of(files.store(), all);
    EXPECT_EQ(states.at("0001_fixed"), changed);
    EXPECT_EQ(states.at("0002_channels"), applied);
    EXPECT_EQ(states.at("generation_0001@1"), applied);
    EXPECT_EQ(states.at("9000_more"), missing);
    EXPECT_EQ(states.at("9999_later"), newer);
}

TEST(Schema, of_a_program_without_checksums_counts_as_applied_and_says_so) {
    SqliteProjectorStore files;
    ASSERT_TRUE(change(files.store(), "DELETE FROM outlay.schema_checksums").ok());
    const auto records = workers::migration_records(files.store(), migrations::sqlite());
    ASSERT_TRUE(records.ok());
    for (const auto& record : *records) {
        EXPECT_EQ(record.state, workers::MigrationState::applied) << record.name;
        EXPECT_FALSE(record.is_checked) << record.name;
    }
}

TEST(Schema, of_a_generation_in_the_making_is_no_business_of_anybody) {
    SqliteProjectorStore files;
    ASSERT_TRUE(
        change(files.store(), "INSERT INTO outlay.generations VALUES (2, 'building', 'then')")
            .ok());
    ASSERT_TRUE(workers::migrate_generation(files.store(), migrations::sqlite(), 2,
                                            workers::SchemaPart::tables, ManualClock{})
                    .ok());
    for (const auto& [name, state] : states_of(files.store(), migrations::sqlite())) {
        EXPECT_EQ(state, workers::MigrationState::applied) << name;
        EXPECT_FALSE(name.ends_with("@2")) << name;
    }
}

TEST(Schema, can_be_made_by_several_at_once) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "outlay-schema-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    const std::filesystem::path folder(pattern);
    std::vector<std::string> problems(4);
    {
        std::vector<std::jthread> threads;
        for (auto& problem : problems) {
            threads.emplace_back([&] {
                auto store = sqlite::open_store(folder / "store.db");
                const auto done = workers::migrate(**store, migrations::sqlite(), ManualClock{});
                problem = done.ok() ? "" : done.error().detail;
            });
        }
    }
    EXPECT_EQ(problems, std::vector<std::string>(4));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace outlay::tests
