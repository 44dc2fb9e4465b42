// Promise (PostgreSQL): row-level security shows a query its own workspace and nothing else,
// whatever happened before on the same connection; lost connections and lost commits are told for
// what they are.
#include <future>
#include <pqxx/pqxx>
#include <thread>

#include "tests/contract/store_subject.hpp"

namespace outlay::tests {
namespace {

using sql::ErrorKind;
using sql::OnConflict;
using sql::Session;
using sql::Status;
using sql::Value;
using std::chrono::milliseconds;

Status status_of(const sql::Result<sql::Rows>& result) {
    if (!result) return domain::Fail{result.error()};
    return domain::Done{};
}

std::int64_t first_integer(const sql::Result<sql::Rows>& result) {
    return result.ok() && !result->empty() ? result->integer(0, 0) : -1;
}

class PostgresStore : public StoreFixture {
protected:
    void SetUp() override { prepare(postgres_subject()); }

    static void kill(std::int64_t pid) {
        pqxx::connection connection(postgres_url());
        pqxx::nontransaction session(connection);
        session.exec("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 5000)");
    }
    void write_workspaces(int workspaces) {
        ASSERT_DONE(project([&](Session& session) -> Status {
            std::vector<Value> cells;
            for (int n = 0; n < workspaces; ++n) {
                const auto row = total_row(n, 1, 1000 + n);
                cells.insert(cells.end(), row.begin(), row.end());
            }
            return session.write(totals, OnConflict::fail, cells);
        }));
    }
};

TEST_F(PostgresStore, a_query_sees_the_rows_of_its_workspace_alone) {
    write_workspaces(3);
    EXPECT_DONE(query(1, [](Session& session) -> Status {
        auto rows = session.query("SELECT amount, current_user FROM read.totals");
        if (!rows) return domain::Fail{rows.error()};
        EXPECT_EQ(rows->size(), 1U);
        EXPECT_EQ(rows->integer(0, 0), 1001);
        EXPECT_EQ(rows->text(0, 1), "outlay_api");
        return domain::Done{};
    }));
    EXPECT_DONE(query(77, [](Session& session) -> Status {
        auto rows = session.query("SELECT amount FROM read.totals");
        EXPECT_TRUE(rows.ok() && rows->empty());
        return domain::Done{};
    }));
    EXPECT_DONE(store_->transact(
        {.access = sql::Access::lookup, .workspace = {}}, [](Session& session) -> Status {
            EXPECT_EQ(first_integer(session.query("SELECT count(*) FROM read.totals")), 3);
            return domain::Done{};
        }));
}

TEST_F(PostgresStore, the_api_role_sees_nothing_while_no_workspace_is_set) {
    write_workspaces(3);
    pqxx::connection connection(postgres_url());
    pqxx::work transaction(connection);
    transaction.exec("SET LOCAL ROLE outlay_api");
    EXPECT_EQ(transaction.exec("SELECT amount FROM read_g1.totals").size(), 0);
    // A setting that was local to an earlier transaction leaves an empty text behind.
    transaction.exec("SELECT set_config('outlay.workspace', '', true)");
    EXPECT_EQ(transaction.exec("SELECT amount FROM read_g1.totals").size(), 0);
}

TEST_F(PostgresStore, interleaved_workspaces_on_one_connection_never_mix_under_errors_and_cancels) {
    constexpr int workspaces = 5;
    write_workspaces(workspaces);
    const auto narrow = subject_->open({.connections = 1, .statement_timeout = milliseconds(100)});
    const std::array<std::string_view, 4> interruptions{
        "", "SELEC", "SELECT 1 / (amount - amount) FROM read.totals",
        "SELECT count(*) FROM generate_series(1, 2000000000)"};  // the last is cut off by the
                                                                 // timeout
    for (int n = 0; n < 40; ++n) {
        const int workspace = n * 7 % workspaces;
        const sql::TransactionOptions options{.access = sql::Access::query,
                                              .workspace = workspace_of(workspace)};
        const std::string_view interruption = interruptions[static_cast<std::size_t>(n) % 4];
        const auto status = narrow->transact(options, [&](Session& session) -> Status {
            auto rows = session.query("SELECT amount FROM read.totals");
            if (!rows) return domain::Fail{rows.error()};
            EXPECT_EQ(rows->size(), 1U);
            EXPECT_EQ(rows->integer(0, 0), 1000 + workspace);
            if (interruption.empty()) return domain::Done{};
            return status_of(session.query(interruption));
        });
        EXPECT_EQ(status.ok(), interruption.empty()) << text_of(status);
    }
}

TEST_F(PostgresStore, a_role_or_setting_that_a_body_leaves_behind_does_not_reach_the_next) {
    write_workspaces(2);
    const auto narrow = subject_->open({.connections = 1});
    const sql::TransactionOptions options{.access = sql::Access::query,
                                          .workspace = workspace_of(1)};
    for (int i = 0; i < 3; ++i) {
        EXPECT_DONE(narrow->transact(options, [&](Session& session) -> Status {
            EXPECT_EQ(first_integer(session.query("SELECT amount FROM read.totals")), 1001);
            const std::array<Value, 1> other{id(0)};
            return status_of(
                session.query("SELECT set_config('outlay.workspace', $1, false), "
                              "set_config('TimeZone', 'Asia/Tokyo', false), "
                              "set_config('DateStyle', 'German', false)",
                              other));
        }));
        EXPECT_DONE(narrow->transact(options, [&](Session& session) -> Status {
            auto rows = session.query(
                "SELECT day, CAST('2026-01-01T00:00:00Z' AS timestamptz) FROM read.totals");
            if (!rows) return domain::Fail{rows.error()};
            EXPECT_EQ(rows->at(0, 0), total_row(1, 1, 0)[1]);
            EXPECT_EQ(rows->text(0, 1), "2026-01-01T00:00:00.000000Z");
            return domain::Done{};
        }));
    }
}

TEST_F(PostgresStore, a_connection_that_dies_in_a_transaction_is_unavailable_and_then_replaced) {
    ASSERT_DONE(write_total(1, 5));
    const auto status = project([&](Session& session) -> Status {
        EXPECT_DONE(session.write(totals, OnConflict::add, total_row(1, 1, 100)));
        kill(first_integer(session.query("SELECT pg_backend_pid()")));
        // Every further call fails; none of them may run on a connection made anew.
        for (int i = 0; i < 2; ++i) {
            EXPECT_FALSE(session.query("SELECT 1").ok());
            EXPECT_FALSE(session.write(totals, OnConflict::add, total_row(1, 1, 1000)).ok());
        }
        return domain::Done{};
    });
    EXPECT_EQ(kind_of(status), ErrorKind::unavailable) << text_of(status);
    EXPECT_EQ(sum_of_totals(*store_), 5);
    EXPECT_DONE(write_total(1, 1, OnConflict::add));
}

TEST_F(PostgresStore,
       a_connection_that_dies_before_the_commit_is_unknown_and_nothing_runs_on_another) {
    const auto status = project([&](Session& session) -> Status {
        EXPECT_DONE(session.write(totals, OnConflict::fail, total_row(1, 1, 100)));
        kill(first_integer(session.query("SELECT pg_backend_pid()")));
        return domain::Done{};
    });
    EXPECT_EQ(kind_of(status), ErrorKind::unknown) << text_of(status);
    EXPECT_EQ(sum_of_totals(*store_), 0);
}

TEST_F(PostgresStore, a_connection_that_died_while_idle_is_replaced_without_a_word) {
    const auto narrow = subject_->open({.connections = 1});
    const sql::TransactionOptions options{.access = sql::Access::query,
                                          .workspace = workspace_of(1)};
    std::int64_t first = 0;
    std::int64_t second = 0;
    EXPECT_DONE(narrow->transact(options, [&](Session& session) -> Status {
        first = first_integer(session.query("SELECT pg_backend_pid()"));
        return domain::Done{};
    }));
    kill(first);
    EXPECT_DONE(narrow->transact(options, [&](Session& session) -> Status {
        second = first_integer(session.query("SELECT pg_backend_pid()"));
        return domain::Done{};
    }));
    EXPECT_NE(first, second);
}

TEST_F(PostgresStore, a_commit_whose_answer_is_lost_is_unknown) {
    // A deferred trigger runs inside COMMIT; this one ends its own session there.
    ASSERT_DONE(store_->run_script(
        "CREATE FUNCTION outlay.leave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON read.totals DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION outlay.leave();",
        1));
    const auto status = admin([](Session& session) {
        return session.write(totals, OnConflict::fail, total_row(1, 1, 5));
    });
    EXPECT_EQ(kind_of(status), ErrorKind::unknown) << text_of(status);
    EXPECT_DONE(admin([](Session& session) { return status_of(session.query("SELECT 1")); }));
}

TEST_F(PostgresStore, a_deadlock_is_a_conflict_for_one_and_nothing_for_the_other) {
    ASSERT_DONE(write_total(1, 0));
    ASSERT_DONE(write_total(2, 0));
    std::promise<void> locked[2];
    std::future<void> locks[2] = {locked[0].get_future(), locked[1].get_future()};
    const auto cross = [&](std::size_t self) {
        const int own_day = self == 0 ? 1 : 2;
        return admin([&, own_day](Session& session) -> Status {
            (void)session.query("SELECT set_config('deadlock_timeout', '20ms', true)");
            auto own = session.write(totals, OnConflict::add, total_row(1, own_day, 1));
            // Asking for anything runs what was written.
            if (own) own = status_of(session.query("SELECT 1"));
            locked[self].set_value();
            locks[1 - self].wait();
            if (!own) return own;
            return session.write(totals, OnConflict::add, total_row(1, 3 - own_day, 1));
        });
    };
    auto other = std::async(std::launch::async, [&] { return cross(1); });
    const Status mine = cross(0);
    const Status theirs = other.get();
    ASSERT_NE(mine.ok(), theirs.ok()) << text_of(mine) << " / " << text_of(theirs);
    EXPECT_EQ(kind_of(mine.ok() ? theirs : mine), ErrorKind::conflict);
    EXPECT_EQ(sum_of_totals(*store_), 2);
}

TEST_F(PostgresStore, a_statement_prepared_before_its_table_changed_works_again_after_one_failure) {
    const auto narrow = subject_->open({.connections = 1});
    const auto read = [&] {
        return narrow->transact({.access = sql::Access::query, .workspace = workspace_of(1)},
                                [](Session& session) -> Status {
                                    return status_of(session.query("SELECT * FROM read.totals"));
                                });
    };
    EXPECT_DONE(read());
    ASSERT_DONE(store_->run_script("ALTER TABLE read.totals ADD COLUMN more bigint", 1));
    EXPECT_EQ(kind_of(read()), ErrorKind::failed);
    EXPECT_DONE(read());
}

TEST_F(PostgresStore, each_access_runs_with_its_role_isolation_and_timeout) {
    struct Expectation {
        sql::Access access;
        std::string_view role, isolation, read_only, timeout;
    };
    const std::string login = [] {
        pqxx::connection connection(postgres_url());
        return std::string(connection.username());
    }();
    const std::array<Expectation, 4> expectations{
        Expectation{sql::Access::query, "outlay_api", "repeatable read", "on", "20s"},
        Expectation{sql::Access::lookup, "outlay_worker", "repeatable read", "on", "20s"},
        Expectation{sql::Access::project, "outlay_worker", "read committed", "off", "20s"},
        Expectation{sql::Access::admin, login, "read committed", "off", "0"},
    };
    for (const Expectation& expected : expectations) {
        EXPECT_DONE(store_->transact(
            {.access = expected.access, .workspace = workspace_of(1)},
            [&](Session& session) -> Status {
                auto rows = session.query(
                    "SELECT current_user, current_setting('transaction_isolation'), "
                    "current_setting('transaction_read_only'), "
                    "current_setting('statement_timeout')");
                if (!rows) return domain::Fail{rows.error()};
                EXPECT_EQ(rows->text(0, 0), expected.role);
                EXPECT_EQ(rows->text(0, 1), expected.isolation);
                EXPECT_EQ(rows->text(0, 2), expected.read_only);
                EXPECT_EQ(rows->text(0, 3), expected.timeout);
                return domain::Done{};
            }));
    }
}

}  // namespace
}  // namespace outlay::tests
