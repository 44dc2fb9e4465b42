// Promise: a transaction is all or nothing, a reader keeps one snapshot, every read goes to the
// right generation, and a failure is told by its kind.
#include <condition_variable>
#include <mutex>
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

constexpr std::string_view sum_text =
    "SELECT CAST(coalesce(sum(amount), 0) AS bigint) FROM read.totals";

std::int64_t sum_in(Session& session) {
    auto rows = session.query(sum_text);
    return rows ? rows->integer(0, 0) : -1;
}

Status status_of(const sql::Result<sql::Rows>& result) {
    if (!result) return domain::Fail{result.error()};
    return domain::Done{};
}

class StoreTransactions : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, StoreTransactions, every_store, name_of_store);

TEST_P(StoreTransactions, an_error_of_the_body_rolls_back_and_is_the_answer) {
    const auto status = project([&](Session& session) -> Status {
        EXPECT_DONE(session.write(totals, OnConflict::fail, total_row(1, 1, 5)));
        return domain::Fail{sql::Error{ErrorKind::busy, "changed its mind"}};
    });
    EXPECT_EQ(text_of(status), "busy: changed its mind");
    EXPECT_EQ(sum_of_totals(*store_), 0);
}

TEST_P(StoreTransactions, a_failed_call_ends_the_transaction_whatever_the_body_says) {
    ASSERT_DONE(write_total(1, 5));
    const auto status = project([&](Session& session) -> Status {
        EXPECT_DONE(session.write(totals, OnConflict::fail, total_row(1, 2, 50)));
        // The error comes with this call or the next one.
        (void)session.write(totals, OnConflict::fail, total_row(1, 1, 50));
        const auto after = session.query(sum_text);
        EXPECT_EQ(kind_of(status_of(after)), ErrorKind::conflict);
        return domain::Done{};
    });
    EXPECT_EQ(kind_of(status), ErrorKind::conflict);
    EXPECT_EQ(sum_of_totals(*store_), 5);
    EXPECT_DONE(write_total(3, 1));
}

TEST_P(StoreTransactions, readers_keep_their_snapshot_while_others_commit) {
    ASSERT_DONE(write_total(1, 5));
    for (const sql::Access access : {sql::Access::query, sql::Access::lookup}) {
        const std::int64_t before = sum_of_totals(*store_);
        std::int64_t first = 0;
        std::int64_t second = 0;
        const sql::TransactionOptions options{.access = access, .workspace = workspace_of(1)};
        EXPECT_DONE(store_->transact(options, [&](Session& session) -> Status {
            // The commit comes before the first read of this body: the snapshot is older than both.
            std::thread([&] { EXPECT_DONE(write_total(1, 100, OnConflict::add)); }).join();
            first = sum_in(session);
            std::thread([&] { EXPECT_DONE(write_total(1, 100, OnConflict::add)); }).join();
            second = sum_in(session);
            return domain::Done{};
        }));
        EXPECT_EQ(first, before);
        EXPECT_EQ(second, before);
        EXPECT_EQ(sum_of_totals(*store_), before + 200);
    }
}

TEST_P(StoreTransactions, concurrent_writers_lose_no_update) {
    constexpr int threads_total = 4;
    constexpr int writes_each = 25;
    std::vector<std::thread> threads;
    for (int i = 0; i < threads_total; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < writes_each; ++n) EXPECT_DONE(write_total(1, 1, OnConflict::add));
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(sum_of_totals(*store_), threads_total * writes_each);
}

TEST_P(StoreTransactions, a_store_without_an_active_generation_has_generation_zero) {
    const auto generation_of = [](sql::Store& store) {
        std::int64_t generation = -1;
        const sql::TransactionOptions options{.access = sql::Access::admin, .workspace = {}};
        EXPECT_DONE(store.transact(options, [&](Session& session) -> Status {
            generation = session.generation();
            return status_of(session.query("SELECT 1"));
        }));
        return generation;
    };
    ASSERT_DONE(store_->run_script("DELETE FROM outlay.active_generation", 0));
    EXPECT_EQ(generation_of(*store_), 0);
    ASSERT_DONE(store_->run_script("DROP TABLE outlay.active_generation", 0));
    const auto unmigrated = subject_->open({});
    EXPECT_EQ(generation_of(*unmigrated), 0);
    EXPECT_EQ(generation_of(*unmigrated), 0);
}

TEST_P(StoreTransactions, reads_go_to_the_active_generation_unless_told_otherwise) {
    ASSERT_DONE(write_total(1, 5));
    add_generation(2);
    EXPECT_DONE(project([](Session& session) -> Status {
        EXPECT_EQ(session.generation(), 1);
        session.use_generation(2);
        EXPECT_EQ(session.generation(), 2);
        return session.write(totals, OnConflict::fail, total_row(1, 1, 70));
    }));
    std::vector<std::int64_t> sums;
    EXPECT_DONE(query(1, [&](Session& session) -> Status {
        for (const std::int64_t generation : {1, 2, 1, 2}) {
            session.use_generation(generation);
            sums.push_back(sum_in(session));
        }
        return domain::Done{};
    }));
    EXPECT_EQ(sums, (std::vector<std::int64_t>{5, 70, 5, 70}));
    // A switch lasts for its session only.
    EXPECT_EQ(sum_of_totals(*store_), 5);
}

TEST_P(StoreTransactions, a_flip_reaches_statements_that_were_prepared_before_it) {
    const auto narrow = subject_->open({.connections = 1});
    ASSERT_DONE(write_total(1, 5));
    add_generation(2);
    for (const std::int64_t generation : {2, 1, 2}) {
        (void)sum_of_totals(*narrow);
        activate(generation);
        EXPECT_EQ(sum_of_totals(*narrow), generation == 1 ? 5 : 0);
    }
}

TEST_P(StoreTransactions, names_inside_of_literals_and_comments_are_left_alone) {
    EXPECT_DONE(query(1, [](Session& session) -> Status {
        auto rows = session.query(
            "SELECT 'read.totals $1', 'it''s outlay.x' /* read.nothing */ AS \"read.alias\" -- "
            "outlay.y");
        if (!rows) return domain::Fail{rows.error()};
        EXPECT_EQ(rows->text(0, 0), "read.totals $1");
        EXPECT_EQ(rows->text(0, 1), "it's outlay.x");
        return domain::Done{};
    }));
}

TEST_P(StoreTransactions, read_access_refuses_every_write) {
    for (const sql::Access access : {sql::Access::query, sql::Access::lookup}) {
        const sql::TransactionOptions options{.access = access, .workspace = workspace_of(1)};
        EXPECT_EQ(kind_of(store_->transact(options,
                                           [](Session& session) {
                                               return session.write(totals, OnConflict::fail,
                                                                    total_row(1, 1, 5));
                                           })),
                  ErrorKind::failed);
    }
    EXPECT_EQ(sum_of_totals(*store_), 0);
}

TEST_P(StoreTransactions, a_query_without_a_workspace_is_refused) {
    bool called = false;
    const auto status =
        store_->transact({.access = sql::Access::query, .workspace = {}}, [&](Session&) -> Status {
            called = true;
            return domain::Done{};
        });
    EXPECT_EQ(kind_of(status), ErrorKind::failed);
    EXPECT_FALSE(called);
}

TEST_P(StoreTransactions, a_wrong_statement_is_failed_and_not_worth_a_retry) {
    for (const char* statement :
         {"SELEC 1", "SELECT 1 FROM read.nothing", "SELECT nothing FROM read.totals",
          "INSERT INTO read.totals (workspace, day, currency, count) SELECT NULL, NULL, 'EUR', 1",
          "SELECT 1; SELECT 2"}) {
        EXPECT_EQ(
            kind_of(project([&](Session& session) { return status_of(session.query(statement)); })),
            ErrorKind::failed)
            << statement;
    }
}

TEST_P(StoreTransactions, rows_for_one_table_in_several_calls_and_generations_are_all_there) {
    add_generation(2);
    ASSERT_DONE(project([&](Session& session) -> Status {
        EXPECT_DONE(session.write(totals, OnConflict::fail, total_row(1, 1, 5)));
        EXPECT_DONE(session.write(samples, OnConflict::fail, {}));
        EXPECT_DONE(session.write(totals, OnConflict::add, total_row(1, 1, 7)));
        session.use_generation(2);
        EXPECT_DONE(session.write(totals, OnConflict::fail, total_row(1, 1, 100)));
        return domain::Done{};
    }));
    EXPECT_EQ(sum_of_totals(*store_), 12);
    activate(2);
    EXPECT_EQ(sum_of_totals(*store_), 100);
}

TEST_P(StoreTransactions, a_lock_that_somebody_holds_is_busy_after_the_timeout) {
    const auto other =
        subject_->open({.wait = milliseconds(100), .statement_timeout = milliseconds(100)});
    ASSERT_DONE(write_total(1, 5));
    EXPECT_DONE(project([&](Session& session) -> Status {
        EXPECT_DONE(session.write(totals, OnConflict::add, total_row(1, 1, 5)));
        EXPECT_DONE(status_of(session.query("SELECT 1")));  // runs what was written
        const auto blocked =
            other->transact({.access = sql::Access::project, .workspace = {}}, [](Session& inner) {
                return inner.write(totals, OnConflict::add, total_row(1, 1, 1000));
            });
        EXPECT_EQ(kind_of(blocked), ErrorKind::busy) << text_of(blocked);
        return domain::Done{};
    }));
    EXPECT_EQ(sum_of_totals(*store_), 10);
}

TEST_P(StoreTransactions, a_store_that_has_no_connection_left_is_unavailable_in_time) {
    const auto narrow = subject_->open({.connections = 1, .wait = milliseconds(50)});
    const sql::TransactionOptions options{.access = sql::Access::query,
                                          .workspace = workspace_of(1)};
    for (int i = 0; i < 2; ++i) {
        EXPECT_DONE(narrow->transact(options, [&](Session&) -> Status {
            const auto start = std::chrono::steady_clock::now();
            const auto refused =
                narrow->transact(options, [](Session&) -> Status { return domain::Done{}; });
            const auto waited = std::chrono::steady_clock::now() - start;
            EXPECT_EQ(kind_of(refused), ErrorKind::unavailable);
            EXPECT_GE(waited, milliseconds(50));
            EXPECT_LT(waited, milliseconds(5000));
            return domain::Done{};
        }));
    }
}

TEST_P(StoreTransactions, a_connection_goes_to_the_one_who_waits_for_it) {
    const auto narrow = subject_->open({.connections = 1});
    const sql::TransactionOptions options{.access = sql::Access::query,
                                          .workspace = workspace_of(1)};
    std::thread waiting;
    Status second = domain::Fail{sql::Error{}};
    EXPECT_DONE(narrow->transact(options, [&](Session&) -> Status {
        waiting = std::thread([&] {
            second = narrow->transact(options, [](Session&) -> Status { return domain::Done{}; });
        });
        return domain::Done{};
    }));
    waiting.join();
    EXPECT_DONE(second);
}

TEST_P(StoreTransactions, a_store_that_cannot_be_reached_is_unavailable) {
    const auto lost = subject_->open_unreachable();
    const auto status = lost->transact(
        {.access = sql::Access::query, .workspace = workspace_of(1)},
        [](Session& session) -> Status { return status_of(session.query("SELECT 1")); });
    EXPECT_EQ(kind_of(status), ErrorKind::unavailable) << text_of(status);
}

TEST_P(StoreTransactions, a_script_applies_whole_or_not_at_all) {
    const auto status = store_->run_script(
        "INSERT INTO outlay.active_generation SELECT * FROM outlay.active_generation WHERE 1 = 0;"
        "CREATE TABLE outlay.extra (id bigint); -- read.comment; with a semicolon\n"
        "INSERT INTO outlay.extra VALUES (1); INSERT INTO outlay.nothing VALUES (1);",
        1);
    EXPECT_EQ(kind_of(status), ErrorKind::failed);
    ASSERT_DONE(store_->run_script(
        "CREATE TABLE outlay.extra (id bigint); INSERT INTO outlay.extra VALUES (7)", 1));
    EXPECT_DONE(admin([](Session& session) -> Status {
        auto rows = session.query("SELECT id FROM outlay.extra");
        if (!rows) return domain::Fail{rows.error()};
        EXPECT_EQ(rows->integer(0, 0), 7);
        return domain::Done{};
    }));
}

TEST_P(StoreTransactions, many_threads_share_few_connections) {
    const auto narrow = subject_->open({.connections = 2});
    ASSERT_DONE(write_total(1, 5));
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 20; ++n) EXPECT_EQ(sum_of_totals(*narrow), 5);
        });
    }
    for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace outlay::tests
