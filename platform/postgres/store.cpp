// Transactions on PostgreSQL. Nothing a session remembers is trusted: role, workspace, time-outs
// and text forms are set inside each transaction, in the same round trip as BEGIN and the read of
// the active generation.
#include "platform/postgres/store.hpp"

#include <array>
#include <chrono>
#include <utility>

#include "platform/lender.hpp"
#include "platform/metric_families.hpp"
#include "platform/postgres/session.hpp"
#include "platform/postgres/text_form.hpp"

namespace outlay::postgres {
namespace {

using sql::Access;
using sql::ErrorKind;
using Connections = platform::Lender<Connection>;

bool reads_only(Access access) {
    switch (access) {
        case Access::query:
        case Access::lookup:
            return true;
        case Access::project:
        case Access::admin:
            return false;
    }
    CHECK(false, "an access that does not exist");
    return true;
}

std::string literal(std::string_view text) {
    std::string quoted(1, '\'');
    for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
    quoted.push_back('\'');
    return quoted;
}

// Adds a setting of the transaction to a SELECT list.
void set(std::string& list, std::string_view name, std::string_view value) {
    sql::append_item(list, "set_config(");
    list.append(literal(name)).append(",").append(literal(value)).append(",true)");
}

// One connection's transaction; what was not committed is rolled back when it goes out of scope,
// and a connection that is lost or in an unclear state does not go back to the others.
class Transaction {
public:
    explicit Transaction(Connections::Loan loan) : loan_(std::move(loan)) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() {
        if (open_ && alive()) open_ = !loan_->run("ROLLBACK").ok();
        if (open_ || !alive()) loan_.fill(nullptr);
    }

    // `prologue` begins the transaction. An idle connection may have died unnoticed (a restart of
    // the server): then nothing was decided, and a new one is tried.
    sql::Result<pqxx::result> begin(const std::string& url, const std::string& prologue) {
        if (!loan_.empty()) {
            auto begun = start(prologue);
            if (begun || loan_->usable()) return begun;
        }
        loan_.fill(nullptr);
        auto connection = Connection::open(url);
        if (!connection) return domain::Fail{connection.error()};
        loan_.fill(std::move(*connection));
        return start(prologue);
    }

    sql::Status commit(bool read_only) {
        auto committed = loan_->run("COMMIT");
        open_ = false;  // a COMMIT that fails has rolled back
        if (committed) return domain::Done{};
        sql::Error error = committed.error();
        // The server may have committed before the connection broke.
        if (!read_only && error.kind == ErrorKind::unavailable) error.kind = ErrorKind::unknown;
        return domain::Fail{std::move(error)};
    }

    // False when there is no connection to go on with.
    bool alive() const { return !loan_.empty() && loan_->usable(); }
    Connection& connection() { return *loan_; }

private:
    sql::Result<pqxx::result> start(const std::string& prologue) {
        open_ = true;
        return loan_->run(prologue);
    }

    Connections::Loan loan_;
    bool open_ = false;
};

class PostgresStore final : public sql::Store {
public:
    explicit PostgresStore(StoreOptions options)
        : options_(std::move(options)),
          url_(with_defaults(options_.url)),
          query_(options_.query_connections),
          lookup_(options_.lookup_connections),
          project_(options_.project_connections),
          admin_(options_.admin_connections) {
        const auto limit = [](std::string_view access, std::size_t connections) {
            metrics::gauge(metrics::connection_limit, {access})
                .set(static_cast<double>(connections));
        };
        limit("query", options_.query_connections);
        limit("lookup", options_.lookup_connections);
        limit("project", options_.project_connections);
        limit("admin", options_.admin_connections);
    }

    sql::Status transact(const sql::TransactionOptions& options,
                         const sql::TransactionBody& body) override {
        if (options.access == Access::query && !options.workspace) {
            return domain::Fail{sql::Error{ErrorKind::failed, "a query names its workspace"}};
        }
        auto loan = borrow(options.access);
        if (!loan) return domain::Fail{loan.error()};
        Transaction transaction(std::move(*loan));
        auto generation = begin(transaction, options);
        if (!generation) return domain::Fail{generation.error()};
        // The projector writes many tables and looks at no error of a single one.
        Session session(transaction.connection(), *generation, options.access == Access::project);
        if (auto done = body(session); !done) return done;
        if (auto flushed = session.flush(); !flushed) return flushed;
        return transaction.commit(reads_only(options.access));
    }

    sql::Status run_script(std::string_view script, std::int64_t generation) override {
        auto loan = borrow(Access::admin);
        if (!loan) return domain::Fail{loan.error()};
        Transaction transaction(std::move(*loan));
        const std::string prologue = prologue_of({.access = Access::admin, .workspace = {}});
        auto begun = transaction.begin(url_, prologue);
        if (!begun) return domain::Fail{begun.error()};
        auto done = transaction.connection().run(sql::translate(script, dialect_of(generation)));
        if (!done) return domain::Fail{done.error()};
        return transaction.commit(false);
    }

private:
    Connections& connections(Access access) {
        switch (access) {
            case Access::query:
                return query_;
            case Access::lookup:
                return lookup_;
            case Access::project:
                return project_;
            case Access::admin:
                return admin_;
        }
        CHECK(false, "an access that does not exist");
        return admin_;
    }

    sql::Result<Connections::Loan> borrow(Access access) {
        const auto begun = std::chrono::steady_clock::now();
        auto loan = connections(access).borrow(options_.wait);
        waits_.at(static_cast<std::size_t>(access))
            ->observe(std::chrono::steady_clock::now() - begun);
        if (!loan) return domain::Fail{sql::Error{ErrorKind::unavailable, "no free connection"}};
        return std::move(*loan);
    }

    std::string role_of(Access access) const {
        switch (access) {
            case Access::query:
                return options_.api_role;
            case Access::lookup:
            case Access::project:
                return options_.worker_role;
            case Access::admin:
                return "";
        }
        CHECK(false, "an access that does not exist");
        return "";
    }

    // BEGIN and the settings of the transaction. One SELECT of set_config is cheaper than as many
    // SET LOCAL.
    std::string prologue_of(const sql::TransactionOptions& options) const {
        const bool admin = options.access == Access::admin;
        const auto timeout_ms = admin ? 0 : options_.statement_timeout.count();
        std::string settings;
        set(settings, "TimeZone", "UTC");
        set(settings, "DateStyle", "ISO");
        set(settings, "bytea_output", "hex");
        set(settings, "client_min_messages", "error");
        set(settings, "statement_timeout", std::to_string(timeout_ms));
        if (options.workspace) {
            set(settings, "outlay.workspace", options.workspace->value.text());
        }
        // A plan for unknown values walks the index of the sort order, however few rows fit.
        if (options.access == Access::query) {
            set(settings, "plan_cache_mode", "force_custom_plan");
        }
        // Keys are looked up by their index, in tables that grow faster than their statistics.
        if (options.access == Access::project || options.access == Access::lookup) {
            set(settings, "enable_seqscan", "off");
        }
        if (options.is_replayable) set(settings, "synchronous_commit", "off");
        // Compiling costs more than any of these statements does.
        if (!admin) set(settings, "jit", "off");
        // Last, so that the role itself needs no right to the settings.
        if (!admin) set(settings, "role", role_of(options.access));
        const std::string begin = reads_only(options.access)
                                      ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                      : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
        return begin + ";SELECT " + settings + ";";
    }

    // Answers the active generation, 0 while there is no such table or row.
    sql::Result<std::int64_t> begin(Transaction& transaction,
                                    const sql::TransactionOptions& options) {
        const std::string prologue = prologue_of(options);
        auto begun =
            transaction.begin(url_, prologue + "SELECT generation FROM outlay.active_generation");
        if (begun) {
            if (begun->empty()) return std::int64_t{0};
            return std::get<std::int64_t>(cell_of(oid_of_integer, (*begun)[0][0].c_str()));
        }
        return begin_without_tables(transaction, prologue, begun.error());
    }

    // Before the first migration there is no pointer to read; every other error stays one.
    static sql::Result<std::int64_t> begin_without_tables(Transaction& transaction,
                                                          const std::string& prologue,
                                                          const sql::Error& error) {
        if (!transaction.alive() || transaction.connection().sqlstate() != undefined_table) {
            return domain::Fail{error};
        }
        auto begun = transaction.connection().run("ROLLBACK;" + prologue);
        if (!begun) return domain::Fail{begun.error()};
        return std::int64_t{0};
    }

    static constexpr std::uint32_t oid_of_integer = 20;
    static constexpr std::string_view undefined_table = "42P01";

    StoreOptions options_;
    std::string url_;
    // By Access, in its order.
    const std::array<metrics::Histogram*, 4> waits_{
        &metrics::histogram(metrics::connection_wait, {"query"}),
        &metrics::histogram(metrics::connection_wait, {"lookup"}),
        &metrics::histogram(metrics::connection_wait, {"project"}),
        &metrics::histogram(metrics::connection_wait, {"admin"})};
    Connections query_;
    Connections lookup_;
    Connections project_;
    Connections admin_;
};

}  // namespace

std::unique_ptr<sql::Store> open_store(StoreOptions options) {
    return std::make_unique<PostgresStore>(std::move(options));
}

}  // namespace outlay::postgres
