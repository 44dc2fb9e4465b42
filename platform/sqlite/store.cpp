// Transactions on the SQLite store: BEGIN IMMEDIATE on the one writer, BEGIN DEFERRED plus a first
// read on readers.
#include "platform/sqlite/store.hpp"

#include <utility>

#include "platform/lender.hpp"
#include "platform/sqlite/session.hpp"

namespace outlay::sqlite {
namespace {

using Connections = platform::Lender<Connection>;

bool reads_only(sql::Access access) {
    switch (access) {
        case sql::Access::query:
        case sql::Access::lookup:
            return true;
        case sql::Access::project:
        case sql::Access::admin:
            return false;
    }
    CHECK(false, "an access that does not exist");
    return true;
}

// Rolls back what was not committed when it goes out of scope.
class Transaction {
public:
    explicit Transaction(Database& database) : database_(database) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() {
        if (database_.in_transaction()) (void)database_.execute("ROLLBACK");
    }
    sql::Status begin(bool read_only) {
        const auto begun = database_.execute(read_only ? "BEGIN DEFERRED" : "BEGIN IMMEDIATE");
        if (!begun) return domain::Fail{error_of(begun.error())};
        return domain::Done{};
    }
    sql::Status commit() {
        const auto committed = database_.execute("COMMIT");
        if (!committed) return domain::Fail{commit_error_of(committed.error())};
        return domain::Done{};
    }

private:
    Database& database_;
};

// The first read of a transaction: it fixes the snapshot. 0 while there is no such table or row.
sql::Result<std::int64_t> active_generation(Database& database) {
    auto prepared = database.prepare("SELECT generation FROM outlay_active_generation");
    const bool known = prepared.ok();
    if (!known) prepared = database.prepare("SELECT count(*) FROM sqlite_master");
    if (!prepared) return domain::Fail{error_of(prepared.error())};
    const StatementUse use(**prepared);
    auto row = use->step();
    if (!row) return domain::Fail{error_of(row.error())};
    return known && *row ? use->integer(0) : 0;
}

// Whether commits from now on wait until the log is on the disk. One that does takes along all that
// was committed before it, by whichever connection.
sql::Status set_waiting(Connection& connection, bool waits_for_disk) {
    if (connection.waits_for_disk == waits_for_disk) return domain::Done{};
    const auto set = connection.database.execute(waits_for_disk ? "PRAGMA synchronous=FULL"
                                                                : "PRAGMA synchronous=NORMAL");
    if (!set) return domain::Fail{error_of(set.error())};
    connection.waits_for_disk = waits_for_disk;
    return domain::Done{};
}

class SqliteStore final : public sql::Store {
public:
    SqliteStore(std::filesystem::path file, const StoreOptions& options)
        : file_(std::move(file)), wait_(options.wait), readers_(options.readers) {}
    // In memory: what one connection makes there no other one sees.
    explicit SqliteStore(const StoreOptions& options)
        : wait_(options.wait), is_in_memory_(true), readers_(1) {}

    sql::Status transact(const sql::TransactionOptions& options,
                         const sql::TransactionBody& body) override {
        if (options.access == sql::Access::query && !options.workspace) {
            return domain::Fail{sql::Error{sql::ErrorKind::failed, "a query names its workspace"}};
        }
        const bool read_only = reads_only(options.access) && !is_in_memory_;
        auto loan = borrow(read_only);
        if (!loan) return domain::Fail{loan.error()};
        Connection& connection = **loan;
        if (auto set = set_waiting(connection, !options.is_replayable); !set) return set;
        Transaction transaction(connection.database);
        if (auto begun = transaction.begin(read_only); !begun) return begun;
        auto generation = active_generation(connection.database);
        if (!generation) return domain::Fail{generation.error()};
        Session session(connection, *generation);
        if (auto done = body(session); !done) return done;
        if (session.error()) return domain::Fail{*session.error()};
        return transaction.commit();
    }

    sql::Status run_script(std::string_view script, std::int64_t generation) override {
        auto loan = borrow(false);
        if (!loan) return domain::Fail{loan.error()};
        if (auto set = set_waiting(**loan, true); !set) return set;
        Database& database = (*loan)->database;
        Transaction transaction(database);
        if (auto begun = transaction.begin(false); !begun) return begun;
        const auto done = database.execute(sql::translate(script, dialect_of(generation)));
        if (!done) return domain::Fail{error_of(done.error())};
        return transaction.commit();
    }

    // A connection of its kind, opened if the loan came empty.
    sql::Result<Connections::Loan> borrow(bool read_only) {
        auto loan = (read_only ? readers_ : writer_).borrow(wait_);
        if (!loan) {
            return domain::Fail{sql::Error{sql::ErrorKind::unavailable, "no free connection"}};
        }
        if (loan->empty()) {
            auto database =
                is_in_memory_
                    ? Database::open_in_memory()
                    : Database::open(file_, {.query_only = read_only, .busy_timeout = wait_});
            if (!database) return domain::Fail{error_of(database.error())};
            loan->fill(std::make_unique<Connection>(Connection{std::move(*database)}));
        }
        return std::move(*loan);
    }

private:
    std::filesystem::path file_;
    std::chrono::milliseconds wait_;
    bool is_in_memory_ = false;
    Connections writer_{1};
    Connections readers_;
};

}  // namespace

sql::Result<std::unique_ptr<sql::Store>> open_store(const std::filesystem::path& file,
                                                    const StoreOptions& options) {
    auto store = std::make_unique<SqliteStore>(file, options);
    // The writer makes the file, so that readers find it in WAL mode.
    auto writer = store->borrow(false);
    if (!writer) return domain::Fail{writer.error()};
    return std::unique_ptr<sql::Store>(std::move(store));
}

sql::Result<std::unique_ptr<sql::Store>> open_memory_store() {
    auto store = std::make_unique<SqliteStore>(StoreOptions{});
    auto only = store->borrow(false);
    if (!only) return domain::Fail{only.error()};
    return std::unique_ptr<sql::Store>(std::move(store));
}

}  // namespace outlay::sqlite
