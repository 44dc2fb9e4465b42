// Promise: a record that must not be judged, or a log that lost what was projected, stops its
// partition and no other; what comes before it is projected; and only what clears the cause
// resumes it.
#include "platform/memory/journal.hpp"
#include "tests/unit/projector_author.hpp"
#include "tests/unit/projector_doubles.hpp"
#include "workers/projector.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using workers::Projector;
using workers::ProjectorOptions;

constexpr std::string_view from_the_future =
    R"({"v":2,"journal":"journal-of-tests","kind":"commit"})";

// A store in whose place another one can be put, as when a backup is restored.
class ReplaceableStore final : public sql::Store {
public:
    explicit ReplaceableStore(sql::Store& store) : store_(&store) {}
    void replace(sql::Store& store) { store_ = &store; }
    sql::Status transact(const sql::TransactionOptions& options,
                         const sql::TransactionBody& body) override {
        return store_->transact(options, body);
    }
    sql::Status run_script(std::string_view script, std::int64_t generation) override {
        return store_->run_script(script, generation);
    }

private:
    sql::Store* store_;
};

class ProjectorHalts : public testing::Test {
protected:
    std::unique_ptr<Projector> make() {
        ProjectorOptions options;
        options.limits.wait = 0ms;
        return std::make_unique<Projector>(
            workers::ProjectorParts{log_, log_, files_.store(), clock_, {}}, options);
    }
    static void drain(Projector& projector) {
        while (projector.step()) {
        }
    }
    // Looks again at what stands still.
    void recheck(Projector& projector) {
        clock_.advance(5s);
        drain(projector);
    }
    void project_all() { drain(*make()); }
    Lines halts() {
        return rows_of(files_.store(),
                       "SELECT halt_cause FROM read.checkpoints WHERE halt_cause IS NOT NULL");
    }
    std::size_t expenses() {
        return rows_of(files_.store(), "SELECT id FROM read.expenses").size();
    }
    std::int64_t end(std::int32_t partition) { return *log_.end(partition); }

    ManualClock clock_;
    memory::MemoryJournal log_{1, clock_};
    Author author_{log_, clock_};
    SqliteProjectorStore files_;
};

TEST_F(ProjectorHalts, a_newer_record_stops_the_partition_behind_its_predecessors) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    author_.record(home, 1, "2026-11-20");
    const auto at = author_.append(0, std::string(from_the_future)).offset;
    author_.record(home, 2, "2026-11-20");
    project_all();
    EXPECT_EQ(halts(), Lines{"version"});
    EXPECT_EQ(expenses(), 1U);
    EXPECT_EQ(rows_of(files_.store(), "SELECT next_offset FROM read.checkpoints"),
              Lines{std::to_string(at)});
}

TEST_F(ProjectorHalts, a_skip_further_on_resumes_and_every_replay_agrees) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    const auto at = author_.append(0, std::string(from_the_future)).offset;
    author_.record(home, 2, "2026-11-20");
    auto projector = make();
    drain(*projector);
    ASSERT_EQ(halts(), Lines{"version"});
    author_.append(0, journal::encode_skip(Author::identity, at, "0000", "wrong hash"));
    recheck(*projector);
    EXPECT_EQ(halts(), Lines{"version"}) << "the skip names another record";
    author_.append(0, journal::encode_skip(Author::identity, at,
                                           journal::record_hash(from_the_future), "by hand"));
    recheck(*projector);
    EXPECT_EQ(halts(), Lines{});
    EXPECT_EQ(expenses(), 1U);
    EXPECT_EQ(rows_of(files_.store(), "SELECT verdict FROM read.rejections"), Lines{"skipped"});

    SqliteProjectorStore other;
    Projector replay({log_, log_, other.store(), clock_, {}}, {.limits = {.wait = 0ms}});
    projector.reset();
    drain(replay);
    EXPECT_EQ(dump_of(other.store()), dump_of(files_.store()));
}

TEST_F(ProjectorHalts, a_commit_from_a_history_that_this_log_does_not_have_stops) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    auto commit = author_.empty_commit(home);
    commit.reads.push_back({"workspace", 7});
    author_.append(0, journal::encode(commit).value);
    project_all();
    EXPECT_EQ(halts(), Lines{"head"});
}

TEST_F(ProjectorHalts, an_unknown_event_type_stops_and_no_skip_clears_it) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    auto commit = author_.empty_commit(home);
    commit.events.push_back({"workspace", 2, author_.head(home, "workspace").hash,
                             domain::workspace::Event{domain::workspace::WorkspaceArchived{}}});
    auto value = journal::encode(commit).value;
    value.replace(value.find("workspace.archived"), 18, "workspace.vanished");
    const auto at = author_.append(0, value).offset;
    auto projector = make();
    drain(*projector);
    ASSERT_EQ(halts(), Lines{"event_type"});
    author_.append(0,
                   journal::encode_skip(Author::identity, at, journal::record_hash(value), "no"));
    recheck(*projector);
    EXPECT_EQ(halts(), Lines{"event_type"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT command FROM read.commits").size(), 1U);
}

TEST_F(ProjectorHalts, an_event_of_another_kind_than_its_aggregate_stops) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    auto commit = author_.empty_commit(home);
    commit.events.push_back(
        {"categories", 1, {}, domain::workspace::Event{domain::workspace::WorkspaceArchived{}}});
    author_.append(0, journal::encode(commit).value);
    project_all();
    EXPECT_EQ(halts(), Lines{"event_type"});
}

TEST_F(ProjectorHalts, a_log_without_genesis_is_not_projected) {
    author_.append(0, "anything");
    project_all();
    EXPECT_EQ(halts(), Lines{"genesis"});
}

TEST_F(ProjectorHalts, a_log_with_another_number_of_partitions_is_not_projected) {
    author_.append(0, journal::encode_genesis(Author::identity, 3));
    project_all();
    EXPECT_EQ(halts(), Lines{"genesis"});
}

TEST_F(ProjectorHalts, a_partition_of_another_journal_is_not_projected) {
    memory::MemoryJournal log(2, clock_);
    Author author(log, clock_);
    author.append(0, journal::encode_genesis("one", 2));
    author.append(1, journal::encode_genesis("two", 2));
    Projector projector({log, log, files_.store(), clock_, {}}, {.limits = {.wait = 0ms}});
    drain(projector);
    EXPECT_EQ(halts(), Lines{"genesis"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT journal FROM read.checkpoints"), (Lines{"", "one"}));
}

TEST_F(ProjectorHalts, a_log_that_lost_its_tail_stops_until_it_is_back) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    author_.record(home, 1, "2026-11-20");
    const auto lost = author_.last_value();
    project_all();
    log_.truncate(0, end(0) - 1);
    auto projector = make();
    drain(*projector);
    EXPECT_EQ(halts(), Lines{"lost_tail"});
    author_.append(0, lost);
    recheck(*projector);
    EXPECT_EQ(halts(), Lines{});
    author_.record(home, 2, "2026-11-20");
    drain(*projector);
    EXPECT_EQ(expenses(), 2U);
}

TEST_F(ProjectorHalts, a_log_that_continues_differently_stops) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    author_.record(home, 1, "2026-11-20");
    auto projector = make();
    drain(*projector);
    log_.truncate(0, end(0) - 1);
    author_.append(0, "something else");
    author_.append(0, "and more of it");
    log_.interrupt(0);
    drain(*projector);
    EXPECT_EQ(halts(), Lines{"lost_tail"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT verdict FROM read.rejections"), Lines{});
}

TEST_F(ProjectorHalts, an_unreadable_record_stops_its_partition_and_no_other) {
    memory::MemoryJournal log(2, clock_);
    Author author(log, clock_);
    author.write_genesis();
    std::vector<domain::WorkspaceId> homes;
    while (homes.empty() ||
           author.partition_of(homes.front()) == author.partition_of(homes.back())) {
        homes.push_back(author.create_workspace());
    }
    const auto here = author.partition_of(homes.front());
    Projector projector({log, log, files_.store(), clock_, {}}, {.limits = {.wait = 0ms}});
    drain(projector);
    author.record(homes.front(), 1, "2026-11-20");
    author.record(homes.back(), 2, "2026-11-20");
    log.corrupt(here, *log.end(here) - 1);
    drain(projector);
    EXPECT_EQ(halts(), Lines{"unreadable"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT amount_minor FROM read.expenses"), Lines{"2"});
}

TEST_F(ProjectorHalts, a_record_that_the_store_never_takes_stops_alone) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    for (int i = 0; i < 5; ++i) author_.record(home, 1, "2026-11-20");
    project_all();
    auto projector = make();
    drain(*projector);
    // Somebody meddled: the position of the eighth record from here is taken.
    const auto taken = end(0) + 7;
    ASSERT_TRUE(change(files_.store(),
                       "UPDATE read.commits SET log_offset = $1 WHERE log_offset = 1", {taken})
                    .ok());
    for (int i = 0; i < 20; ++i) author_.record(home, 1, "2026-11-20");
    drain(*projector);
    EXPECT_EQ(halts(), Lines{"projection"});
    EXPECT_EQ(expenses(), 12U) << "the good prefix is there";
    ASSERT_TRUE(change(files_.store(),
                       "UPDATE read.commits SET log_offset = 1 WHERE log_offset = $1", {taken})
                    .ok());
    recheck(*projector);
    EXPECT_EQ(halts(), Lines{});
    EXPECT_EQ(expenses(), 25U);
}

TEST_F(ProjectorHalts, a_sum_beyond_64_bits_stops_and_is_never_a_wrong_number) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    author_.record(home, 1, "2026-11-20");
    project_all();
    ASSERT_TRUE(change(files_.store(), "UPDATE read.spending SET amount_minor = $1",
                       {std::int64_t{INT64_MAX - 5}})
                    .ok());
    author_.record(home, 5, "2026-11-20");
    author_.record(home, 1, "2026-11-20");
    project_all();
    EXPECT_EQ(halts(), Lines{"projection"});
    EXPECT_EQ(rows_of(files_.store(), "SELECT amount_minor FROM read.spending"),
              Lines{std::to_string(INT64_MAX)});
}

TEST_F(ProjectorHalts, a_frozen_generation_is_left_alone_until_it_is_active_again) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    auto projector = make();
    drain(*projector);
    ASSERT_TRUE(change(files_.store(), "UPDATE read.checkpoints SET mode = 'frozen'").ok());
    author_.record(home, 1, "2026-11-20");
    recheck(*projector);
    EXPECT_EQ(expenses(), 0U);
    ASSERT_TRUE(change(files_.store(), "UPDATE read.checkpoints SET mode = 'active'").ok());
    recheck(*projector);
    EXPECT_EQ(expenses(), 1U);
}

TEST_F(ProjectorHalts, a_store_that_is_away_is_tried_again) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    author_.record(home, 1, "2026-11-20");
    bool away = true;
    FaultyStore store(files_.store(), [&] { return away ? StoreFault::before : StoreFault::none; });
    Projector projector({log_, log_, store, clock_, {}}, {.limits = {.wait = 0ms}});
    recheck(projector);
    EXPECT_EQ(expenses(), 0U);
    away = false;
    recheck(projector);
    EXPECT_EQ(expenses(), 1U);
    EXPECT_EQ(halts(), Lines{});
}

TEST_F(ProjectorHalts, a_store_that_fell_back_is_brought_up_again_though_no_record_comes) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    author_.record(home, 1, "2026-11-20");
    SqliteProjectorStore older;
    Projector({log_, log_, older.store(), clock_, {}}, {.limits = {.wait = 0ms}}).step();
    author_.record(home, 2, "2026-11-20");
    ReplaceableStore store(files_.store());
    Projector projector({log_, log_, store, clock_, {}}, {.limits = {.wait = 0ms}});
    recheck(projector);
    ASSERT_EQ(expenses(), 2U);
    store.replace(older.store());
    recheck(projector);
    EXPECT_EQ(dump_of(older.store()), dump_of(files_.store()));
    SqliteProjectorStore empty;
    store.replace(empty.store());
    recheck(projector);
    EXPECT_EQ(dump_of(empty.store()), dump_of(files_.store()));
}

}  // namespace
}  // namespace outlay::tests
