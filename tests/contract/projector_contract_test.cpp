// Promise: on every store the projector comes to the same rows, alone or against a rival, after
// failures too; migrating is safe to repeat; and the API's role sees one workspace only.
#include "workers/projector.hpp"

#include <thread>

#include "platform/memory/journal.hpp"
#include "tests/contract/store_subject.hpp"
#include "tests/property/projector_oracle.hpp"
#include "tests/property/projector_random_history.hpp"
#include "tests/unit/projector_doubles.hpp"

namespace outlay::tests {
namespace {

using namespace std::chrono_literals;
using property::RandomInput;
using workers::Projector;
using workers::ProjectorOptions;

std::span<const migrations::Migration> migrations_of(const StoreKind& kind) {
    return std::string_view(kind.name) == "sqlite" ? migrations::sqlite() : migrations::postgres();
}

class ProjectorContract : public testing::TestWithParam<StoreKind> {
protected:
    // An empty, migrated store. The one before it must be gone.
    void open_store() {
        store_.reset();
        subject_.reset();
        subject_ = GetParam().make();
        ASSERT_NE(subject_, nullptr) << "OUTLAY_TEST_POSTGRES names no server";
        store_ = subject_->open({});
        ASSERT_DONE(workers::migrate(*store_, migrations_of(GetParam()), clock_));
        for (int partition = 0; partition < 2; ++partition) {
            ASSERT_DONE(change(*store_, "INSERT INTO outlay.effects_from VALUES ($1, 0)",
                               {std::int64_t{partition}}));
        }
    }
    void write_history(int steps) {
        RandomHistory history(random_, author_);
        history.live(steps);
        for (const auto& written : author_.history()) oracle_.follow(written);
    }
    static ProjectorOptions options(std::size_t records_max) {
        ProjectorOptions chosen;
        chosen.limits = {.records_max = records_max, .bytes_max = 1 << 20, .wait = 0ms};
        chosen.retry_pause = 1ms;
        return chosen;
    }
    // Until nothing comes any more, however long pauses are; never ends on a halt.
    void drain(Projector& projector) {
        for (int quiet = 0; quiet < 3;) {
            quiet = projector.step() ? 0 : quiet + 1;
            clock_.advance(3s);
        }
    }
    Dump projected(std::size_t records_max) {
        open_store();
        if (HasFatalFailure()) return {};
        Projector projector({log_, log_, *store_, clock_, {}}, options(records_max));
        drain(projector);
        return dump_of(*store_);
    }
    bool is_done() {
        std::int64_t next = 0;
        for (const auto& line : rows_of(*store_, "SELECT next_offset FROM read.checkpoints")) {
            next += std::stoll(line);
        }
        return next == *log_.end(0) + *log_.end(1);
    }

    RandomInput random_;
    ManualClock clock_;
    memory::MemoryJournal log_{2, clock_};
    EveryPartition everybody_{log_};
    Author author_{log_, clock_};
    BudgetOracle oracle_;
    std::unique_ptr<StoreSubject> subject_;
    std::unique_ptr<sql::Store> store_;
};

TEST_P(ProjectorContract, any_batching_gives_the_same_rows_and_those_of_the_oracle) {
    write_history(200);
    const auto all_at_once = projected(500);
    EXPECT_EQ(rows_of(*store_,
                      "SELECT budget, period_start, spent_minor, expense_count FROM "
                      "read.budget_usage WHERE expense_count <> 0 OR spent_minor <> 0"),
              oracle_.usage());
    EXPECT_EQ(rows_of(*store_,
                      "SELECT id, budget, threshold, period_start, crossing, spent_minor, "
                      "limit_minor, state, log_offset FROM read.alerts"),
              oracle_.alerts());
    EXPECT_EQ(projected(1), all_at_once);
    EXPECT_EQ(projected(17), all_at_once);
}

TEST_P(ProjectorContract, rivals_and_failures_change_nothing) {
    write_history(150);
    const auto expected = projected(500);
    open_store();
    std::atomic<int> transactions{0};
    FaultyStore store(*store_, [&] {
        const int count = ++transactions;
        return count % 7 == 0 ? static_cast<StoreFault>(1 + count / 7 % 4) : StoreFault::none;
    });
    platform::SystemClock clock;
    auto aside = options(2);
    aside.works_aside = true;
    Projector one({log_, everybody_, store, clock, {}}, aside);
    Projector two({log_, everybody_, store, clock, {}}, options(5));
    one.start();
    two.start();
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!is_done() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    one.stop();
    two.stop();
    EXPECT_EQ(dump_of(*store_), expected);
}

TEST_P(ProjectorContract, migrating_again_changes_nothing) {
    open_store();
    const auto recorded = rows_of(*store_, "SELECT name FROM outlay.schema_migrations");
    ASSERT_DONE(workers::migrate(*store_, migrations_of(GetParam()), clock_));
    EXPECT_EQ(rows_of(*store_, "SELECT name FROM outlay.schema_migrations"), recorded);
    EXPECT_TRUE(workers::missing_migrations(*store_, migrations_of(GetParam()))->empty());
}

TEST_P(ProjectorContract, a_sum_beyond_64_bits_halts_and_is_never_a_wrong_number) {
    author_.write_genesis();
    const auto home = author_.create_workspace();
    author_.record(home, 1, "2026-11-20");
    projected(500);
    ASSERT_DONE(change(*store_, "UPDATE read.spending SET amount_minor = $1", {INT64_MAX}));
    author_.record(home, 5, "2026-11-20");
    Projector projector({log_, log_, *store_, clock_, {}}, options(500));
    while (projector.step()) {
    }
    EXPECT_EQ(rows_of(*store_, "SELECT amount_minor FROM read.spending"),
              Lines{std::to_string(INT64_MAX)});
    EXPECT_EQ(
        rows_of(*store_, "SELECT halt_cause FROM read.checkpoints WHERE halt_cause IS NOT NULL"),
        Lines{"projection"});
}

INSTANTIATE_TEST_SUITE_P(Stores, ProjectorContract, every_store, name_of_store);

class ProjectedRowsOnPostgres : public testing::Test {
protected:
    void SetUp() override {
        subject_ = postgres_subject();
        ASSERT_NE(subject_, nullptr) << "OUTLAY_TEST_POSTGRES names no server";
        store_ = subject_->open({});
        ASSERT_DONE(workers::migrate(*store_, migrations::postgres(), clock_));
    }
    // The tables of one schema that have a workspace.
    Lines tables_with_workspace(const std::string& schema) {
        return rows_of(*store_,
                       "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                       " WHERE c.relkind = 'r' AND a.attname = 'workspace' AND"
                       " c.relnamespace = CAST($1 AS regnamespace)",
                       {schema});
    }

    ManualClock clock_;
    memory::MemoryJournal log_{1, clock_};
    Author author_{log_, clock_};
    std::unique_ptr<StoreSubject> subject_;
    std::unique_ptr<sql::Store> store_;
};

TEST_F(ProjectedRowsOnPostgres, every_table_with_a_workspace_enforces_row_level_security) {
    for (const std::string schema : {"read_g1", "outlay"}) {
        EXPECT_EQ(rows_of(*store_,
                          "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND"
                          " relforcerowsecurity AND relnamespace = CAST($1 AS regnamespace)",
                          {schema}),
                  tables_with_workspace(schema));
    }
    EXPECT_EQ(tables_with_workspace("read_g1").size(), 19U);
}

TEST_F(ProjectedRowsOnPostgres, the_api_role_sees_rows_of_its_workspace_only_and_writes_nothing) {
    author_.write_genesis();
    std::vector<domain::WorkspaceId> homes;
    for (int i = 0; i < 2; ++i) {
        homes.push_back(author_.create_workspace());
        author_.record(homes.back(), 100 + i, "2026-11-20");
    }
    ProjectorOptions options;
    options.limits.wait = 0ms;
    Projector projector({log_, log_, *store_, clock_, {}}, options);
    while (projector.step()) {
    }
    for (std::size_t i = 0; i < homes.size(); ++i) {
        const auto done = store_->transact(
            {sql::Access::query, homes[i]}, [&](sql::Session& session) -> sql::Status {
                for (const auto& table : tables_with_workspace("read_g1")) {
                    const auto rows = session.query(
                        "SELECT count(*) FROM read." + table + " WHERE workspace <> $1",
                        std::vector{workers::cell(homes[i])});
                    if (!rows.ok()) return domain::Fail{rows.error()};
                    EXPECT_EQ(rows->integer(0, 0), 0) << table;
                }
                const auto rows = session.query("SELECT amount_minor FROM read.expenses");
                if (!rows.ok()) return domain::Fail{rows.error()};
                EXPECT_EQ(rows->integer(0, 0), 100 + static_cast<std::int64_t>(i));
                EXPECT_EQ(rows->size(), 1U);
                return domain::Done{};
            });
        EXPECT_DONE(done);
        const auto written =
            store_->transact({sql::Access::query, homes[i]}, [&](sql::Session& session) {
                const auto done_writing = session.execute("DELETE FROM read.expenses");
                return done_writing.ok() ? sql::Status{domain::Done{}}
                                         : sql::Status{domain::Fail{done_writing.error()}};
            });
        EXPECT_FALSE(written.ok());
    }
}

}  // namespace
}  // namespace outlay::tests
