// Promise: on every store, a second generation is made beside the live one and takes its place with
// the same rows and no effect asked for twice, however often the work is cut off; what differs is
// named and not switched to; a switch that was abandoned does not stop the live one.
#include "workers/rebuild.hpp"

#include "platform/memory/journal.hpp"
#include "tests/contract/store_subject.hpp"
#include "tests/property/projector_random_history.hpp"
#include "tests/unit/projector_doubles.hpp"
#include "workers/projector.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using property::RandomInput;
using workers::Rebuild;
using workers::Verification;

class RebuildContract : public testing::TestWithParam<StoreKind> {
protected:
    void SetUp() override {
        subject_ = GetParam().make();
        ASSERT_NE(subject_, nullptr) << "OUTLAY_TEST_POSTGRES names no server";
        store_ = subject_->open({});
        const bool is_sqlite = std::string_view(GetParam().name) == "sqlite";
        threads_ = is_sqlite ? 1 : 2;
        migrations_ = is_sqlite ? migrations::sqlite() : migrations::postgres();
        ASSERT_DONE(workers::migrate(*store_, migrations_, clock_));
        history_ = std::make_unique<RandomHistory>(random_, author_);
        projector_ = std::make_unique<workers::Projector>(
            workers::ProjectorParts{log_, everybody_, *store_, clock_, {}},
            workers::ProjectorOptions{.limits = {.records_max = 64, .wait = 0ms}});
        project();  // from here on facts have effects
        live(300);
    }
    // Until nothing is left to do, over at least `time` of the projector's clock.
    void project(std::chrono::milliseconds time = 9s) {
        for (auto passed = 0ms; passed <= time;) {
            if (projector_->step()) continue;
            clock_.advance(500ms);
            passed += 500ms;
        }
    }
    void live(int steps) {
        history_->live(steps);
        project();
    }
    // One that ends after so many batches, as if killed.
    std::unique_ptr<Rebuild> rebuild(int batches_max = 1'000'000) {
        batches_left_ = batches_max;
        return std::make_unique<Rebuild>(
            workers::RebuildParts{*store_, log_, migrations_, clock_},
            workers::RebuildOptions{
                .batch = {.records_max = 40, .wait = 0ms}, .threads = threads_, .near = 10},
            [this](std::int64_t records) {
                rebuilt_ += records;
                return --batches_left_ > 0;
            });
    }
    Verification compared(Rebuild& rebuild) {
        const auto found = rebuild.compare();
        EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error());
        return found.ok() ? *found : Verification{};
    }
    void expect_done(const domain::Status<std::string>& status) {
        EXPECT_TRUE(status.ok()) << status.error();
    }
    std::string one(const std::string& statement) {
        const auto rows = rows_of(*store_, statement);
        return rows.empty() ? "" : rows.front();
    }
    std::string active() { return one("SELECT generation FROM outlay.active_generation"); }
    Lines states() { return rows_of(*store_, "SELECT generation, state FROM outlay.generations"); }
    Lines modes() { return rows_of(*store_, "SELECT DISTINCT mode FROM read.checkpoints"); }

    RandomInput random_;
    ManualClock clock_;
    memory::MemoryJournal log_{2, clock_};
    EveryPartition everybody_{log_};
    Author author_{log_, clock_};
    std::unique_ptr<RandomHistory> history_;
    std::unique_ptr<StoreSubject> subject_;
    std::unique_ptr<sql::Store> store_;
    std::span<const migrations::Migration> migrations_;
    std::unique_ptr<workers::Projector> projector_;
    std::size_t threads_ = 1;
    int batches_left_ = 0;
    std::int64_t rebuilt_ = 0;
};

TEST_P(RebuildContract, takes_the_place_of_the_live_generation_with_the_same_rows_and_effects) {
    const auto before = dump_of(*store_);
    EXPECT_FALSE(before.at("outbox").empty());
    const auto work = rebuild();
    ASSERT_TRUE(work->begin().ok());
    expect_done(work->catch_up());
    const auto found = compared(*work);
    EXPECT_FALSE(found.difference) << found.difference->table << found.difference->detail;
    EXPECT_EQ(modes(), Lines{"active"});
    expect_done(work->flip());
    EXPECT_EQ(active(), "2");
    EXPECT_EQ(states(), (Lines{"1|previous", "2|active"}));
    EXPECT_EQ(dump_of(*store_), before);
}

TEST_P(RebuildContract, goes_on_with_the_journal_behind_the_switch) {
    const auto work = rebuild();
    ASSERT_TRUE(work->begin().ok());
    live(50);
    expect_done(work->catch_up());
    history_->live(50);
    expect_done(work->flip());
    live(50);
    SqliteProjectorStore scratch;
    const auto found = workers::verify(*store_, scratch.store(), log_, [](auto) { return true; });
    ASSERT_TRUE(found.ok()) << found.error();
    EXPECT_EQ(found->generation, 2);
    EXPECT_EQ(found->records, *log_.end(0) + *log_.end(1));
    EXPECT_FALSE(found->difference) << found->difference->table << found->difference->detail;
    EXPECT_EQ(one("SELECT count(*) FROM outlay.outbox"),
              one("SELECT count(*) FROM (SELECT DISTINCT id FROM outlay.outbox) ids"));
}

TEST_P(RebuildContract, goes_on_where_it_was_cut_off) {
    int attempts = 0;
    for (bool is_done = false; !is_done; ++attempts) {
        ASSERT_LT(attempts, 100);
        const auto work = rebuild(3);
        ASSERT_TRUE(work->begin().ok());
        EXPECT_EQ(work->generation(), 2);
        is_done = work->catch_up().ok();
        history_->live(2);
        project(1s);
    }
    EXPECT_GT(attempts, 2);
    EXPECT_LE(rebuilt_, *log_.end(0) + *log_.end(1));
    const auto work = rebuild();
    ASSERT_TRUE(work->begin().ok());
    EXPECT_FALSE(compared(*work).difference);
    expect_done(work->flip());
    EXPECT_EQ(active(), "2");
}

TEST_P(RebuildContract, can_be_begun_anew) {
    const auto first = rebuild(2);
    ASSERT_TRUE(first->begin().ok());
    EXPECT_FALSE(first->catch_up().ok());
    const auto second = rebuild();
    expect_done(second->abandon());
    EXPECT_EQ(states(), Lines{"1|active"});
    ASSERT_TRUE(second->begin().ok());
    rebuilt_ = 0;
    expect_done(second->catch_up());
    EXPECT_EQ(rebuilt_, *log_.end(0) + *log_.end(1));
    expect_done(second->flip());
    EXPECT_EQ(active(), "2");
}

TEST_P(RebuildContract, never_shows_a_record_that_the_live_generation_has_not_projected) {
    history_->live(50);  // not projected
    const auto work = rebuild();
    ASSERT_TRUE(work->begin().ok());
    expect_done(work->catch_up());
    EXPECT_LT(rebuilt_, *log_.end(0) + *log_.end(1));
    workers::GenerationView view(*store_, 2);
    const auto behind = rows_of(*store_, "SELECT log_partition, next_offset FROM read.checkpoints");
    const std::int32_t partition =
        behind.front() == "0|" + std::to_string(*log_.end(0)) ? 1 : 0;  // one with more to read
    workers::Partition ahead(view, log_, {partition, 2, "shadow"});
    const auto started = ahead.start();
    ASSERT_TRUE(started.from);
    EXPECT_EQ(ahead.consume(*log_.read(partition, *started.from, {})),
              workers::Partition::Progress::reread);
    EXPECT_EQ(rows_of(view, "SELECT * FROM read.commits"),
              rows_of(*store_, "SELECT * FROM read.commits"));
}

TEST_P(RebuildContract, names_a_difference_and_switches_only_when_told_to) {
    ASSERT_DONE(change(*store_, "UPDATE read.workspaces SET name = 'Forged'"));
    const auto work = rebuild();
    ASSERT_TRUE(work->begin().ok());
    expect_done(work->catch_up());
    const auto found = compared(*work);
    ASSERT_TRUE(found.difference);
    EXPECT_EQ(found.difference->table, "read.workspaces");
    EXPECT_TRUE(found.difference->detail.starts_with("name Forged; the journal says "));
    EXPECT_EQ(active(), "1");
    EXPECT_EQ(modes(), Lines{"active"});
    expect_done(work->flip());
    EXPECT_EQ(one("SELECT count(*) FROM read.workspaces WHERE name = 'Forged'"), "0");
}

TEST_P(RebuildContract, returns_to_the_generation_before_and_back) {
    const auto work = rebuild();
    ASSERT_TRUE(work->begin().ok());
    expect_done(work->catch_up());
    expect_done(work->flip());
    live(60);
    const auto before = dump_of(*store_);
    for (const auto* const back_to : {"1", "2", "1"}) {
        const auto back = rebuild();
        ASSERT_TRUE(back->begin_rollback().ok());
        expect_done(back->catch_up());
        expect_done(back->flip());
        EXPECT_EQ(active(), back_to);
        EXPECT_EQ(dump_of(*store_), before);
    }
    EXPECT_EQ(states(), (Lines{"1|active", "2|previous"}));
}

TEST_P(RebuildContract, has_nothing_to_return_to_before_the_first_switch) {
    const auto begun = rebuild()->begin_rollback();
    ASSERT_FALSE(begun.ok());
    EXPECT_EQ(begun.error(), "there is no generation before 1");
}

TEST_P(RebuildContract, keeps_one_generation_to_return_to_and_drops_older_ones) {
    for (int i = 0; i < 3; ++i) {
        const auto work = rebuild();
        ASSERT_TRUE(work->begin().ok());
        expect_done(work->catch_up());
        expect_done(work->flip());
    }
    EXPECT_EQ(states(), (Lines{"3|previous", "4|active"}));
    EXPECT_EQ(rows_of(*store_,
                      "SELECT name FROM outlay.schema_migrations"
                      " WHERE name LIKE 'generation_0001%'"),
              (Lines{"generation_0001@3", "generation_0001@4"}));
    const auto gone = workers::GenerationView(*store_, 1)
                          .transact({sql::Access::lookup, std::nullopt},
                                    [](sql::Session& session) -> sql::Status {
                                        const auto rows =
                                            session.query("SELECT count(*) FROM read.expenses");
                                        if (!rows.ok()) return domain::Fail{rows.error()};
                                        return domain::Done{};
                                    });
    EXPECT_EQ(kind_of(gone), sql::ErrorKind::failed);
}

TEST_P(RebuildContract, stands_still_while_frozen_and_is_thawed_by_a_projector) {
    const auto work = rebuild();
    ASSERT_TRUE(work->begin().ok());
    expect_done(work->catch_up());
    ASSERT_TRUE(*workers::freeze(*store_, 1));  // and there its process is killed
    const auto frozen_at =
        rows_of(*store_, "SELECT log_partition, next_offset FROM read.checkpoints");
    history_->live(30);
    project(9s);
    EXPECT_EQ(rows_of(*store_, "SELECT log_partition, next_offset FROM read.checkpoints"),
              frozen_at);
    project(6s);
    EXPECT_EQ(modes(), Lines{"active"});
    EXPECT_EQ(one("SELECT sum(next_offset) FROM read.checkpoints"),
              std::to_string(*log_.end(0) + *log_.end(1)));
    const auto again = rebuild();
    ASSERT_TRUE(again->begin().ok());
    expect_done(again->catch_up());
    EXPECT_FALSE(compared(*again).difference);
    expect_done(again->flip());
    EXPECT_EQ(active(), "2");
}

TEST_P(RebuildContract, is_frozen_longer_while_its_switch_makes_progress) {
    const auto work = rebuild(3);
    ASSERT_TRUE(work->begin().ok());
    EXPECT_FALSE(work->catch_up().ok());
    ASSERT_TRUE(*workers::freeze(*store_, 1));
    for (int i = 0; i < 3; ++i) {
        batches_left_ = 1;
        EXPECT_FALSE(work->catch_up().ok());
        project(6s);
        EXPECT_EQ(modes(), Lines{"frozen"});
    }
    project(18s);
    EXPECT_EQ(modes(), Lines{"active"});
}

TEST_P(RebuildContract, is_not_switched_to_unless_both_stand_still_at_the_same_records) {
    const auto work = rebuild();
    ASSERT_TRUE(work->begin().ok());
    expect_done(work->catch_up());
    EXPECT_EQ(**workers::flip(*store_, 1, 2), "generation 1 went on");
    live(20);
    ASSERT_TRUE(*workers::freeze(*store_, 1));
    EXPECT_EQ(**workers::flip(*store_, 1, 2), "the generations stand at different records");
    ASSERT_TRUE(*workers::unfreeze(*store_, 1));
    EXPECT_EQ(**workers::flip(*store_, 2, 1), "generation 2 is not the active one any more");
    EXPECT_EQ(active(), "1");
    EXPECT_EQ(modes(), Lines{"active"});
    expect_done(work->flip());
    EXPECT_EQ(**workers::flip(*store_, 2, 1), "generation 1 is not being built any more");
}

TEST_P(RebuildContract, leaves_a_generation_alone_that_is_not_the_active_one_any_more) {
    const auto work = rebuild();
    ASSERT_TRUE(work->begin().ok());
    expect_done(work->catch_up());
    expect_done(work->flip());
    EXPECT_FALSE(*workers::unfreeze(*store_, 1));
    EXPECT_FALSE(*workers::freeze(*store_, 1));
    EXPECT_FALSE(*workers::drop_generation(*store_, 2));
    EXPECT_FALSE(*workers::turn_to_shadow(*store_, 2));
    workers::GenerationView old(*store_, 1);
    EXPECT_EQ(rows_of(old, "SELECT DISTINCT mode FROM read.checkpoints"), Lines{"frozen"});
    EXPECT_EQ(modes(), Lines{"active"});
}

// Others act just before a script of this process is run.
class LateStore final : public sql::Store {
public:
    LateStore(sql::Store& store, std::function<void()> before)
        : store_(store), before_(std::move(before)) {}
    sql::Status transact(const sql::TransactionOptions& options,
                         const sql::TransactionBody& body) override {
        return store_.transact(options, body);
    }
    sql::Status run_script(std::string_view script, std::int64_t generation) override {
        before_();
        return store_.run_script(script, generation);
    }

private:
    sql::Store& store_;
    std::function<void()> before_;
};

TEST_P(RebuildContract, drops_nothing_that_was_made_since_under_the_same_number) {
    ASSERT_TRUE(rebuild()->begin().ok());
    const auto work = rebuild();
    LateStore late(*store_, [&] {
        expect_done(work->abandon());
        ASSERT_TRUE(work->begin().ok());
        expect_done(work->catch_up());
        expect_done(work->flip());
    });
    EXPECT_TRUE(*workers::drop_generation(late, 2));
    EXPECT_EQ(active(), "2");
    EXPECT_EQ(states(), (Lines{"1|previous", "2|active"}));
    EXPECT_EQ(one("SELECT sum(next_offset) FROM read.checkpoints"),
              std::to_string(*log_.end(0) + *log_.end(1)));
}

TEST_P(RebuildContract, comes_to_an_end_when_another_one_begins_anew) {
    const auto first = rebuild();
    ASSERT_TRUE(first->begin().ok());
    expect_done(first->catch_up());
    const auto second = rebuild();
    expect_done(second->abandon());
    const auto dropped = first->catch_up();
    ASSERT_FALSE(dropped.ok());
    EXPECT_EQ(dropped.error(), "generation 2 was dropped by somebody else");
    ASSERT_TRUE(second->begin().ok());
    expect_done(first->catch_up());
    expect_done(second->flip());
    EXPECT_EQ(active(), "2");
}

TEST_P(RebuildContract, does_not_return_to_what_is_dropped) {
    const auto work = rebuild();
    ASSERT_TRUE(work->begin().ok());
    expect_done(work->catch_up());
    expect_done(work->flip());
    LateStore late(*store_, [&] { EXPECT_FALSE(*workers::turn_to_shadow(*store_, 1)); });
    EXPECT_TRUE(*workers::drop_generation(late, 1));
    EXPECT_FALSE(*workers::turn_to_shadow(*store_, 1));
    EXPECT_EQ(states(), Lines{"2|active"});
}

INSTANTIATE_TEST_SUITE_P(Stores, RebuildContract, every_store, name_of_store);

}  // namespace
}  // namespace outlay::tests
