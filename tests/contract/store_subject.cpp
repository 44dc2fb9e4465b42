// SQLite in a temporary folder; PostgreSQL in a database that is made at the first use and dropped
// at the end.
#include "tests/contract/store_subject.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <pqxx/pqxx>

#include "platform/postgres/store.hpp"
#include "platform/sqlite/store.hpp"

namespace outlay::tests {
namespace {

constexpr std::string_view sqlite_fixed = R"(
CREATE TABLE outlay.active_generation (
    one INTEGER PRIMARY KEY DEFAULT 1, generation INTEGER NOT NULL);
)";
constexpr std::string_view sqlite_generation = R"(
CREATE TABLE read.samples (
    workspace TEXT NOT NULL, id TEXT NOT NULL, amount INTEGER, note TEXT, day TEXT, at TEXT,
    flag INTEGER, raw BLOB, PRIMARY KEY (workspace, id));
CREATE TABLE read.totals (
    workspace TEXT NOT NULL, day TEXT NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL,
    count INTEGER NOT NULL, label TEXT, PRIMARY KEY (workspace, day, currency));
)";
constexpr std::string_view postgres_fixed = R"(
CREATE SCHEMA outlay;
GRANT USAGE ON SCHEMA outlay TO outlay_api, outlay_worker;
CREATE TABLE outlay.active_generation (
    one boolean PRIMARY KEY DEFAULT true, generation bigint NOT NULL);
GRANT SELECT ON outlay.active_generation TO outlay_api, outlay_worker;
)";
constexpr std::string_view postgres_generation = R"(
CREATE TABLE read.samples (
    workspace uuid NOT NULL, id uuid NOT NULL, amount bigint, note text, day date, at timestamptz,
    flag boolean, raw bytea, PRIMARY KEY (workspace, id));
CREATE TABLE read.totals (
    workspace uuid NOT NULL, day date NOT NULL, currency char(3) NOT NULL, amount bigint NOT NULL,
    count bigint NOT NULL, label text, PRIMARY KEY (workspace, day, currency));
GRANT SELECT ON read.samples, read.totals TO outlay_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON read.samples, read.totals TO outlay_worker;
ALTER TABLE read.samples ENABLE ROW LEVEL SECURITY;
ALTER TABLE read.samples FORCE ROW LEVEL SECURITY;
ALTER TABLE read.totals ENABLE ROW LEVEL SECURITY;
ALTER TABLE read.totals FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON read.samples TO outlay_api
    USING (workspace = NULLIF(current_setting('outlay.workspace', true), '')::uuid);
CREATE POLICY own ON read.totals TO outlay_api
    USING (workspace = NULLIF(current_setting('outlay.workspace', true), '')::uuid);
CREATE POLICY work ON read.samples TO outlay_worker USING (true);
CREATE POLICY work ON read.totals TO outlay_worker USING (true);
)";

class SqliteSubject final : public StoreSubject {
public:
    SqliteSubject() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "outlay-store-XXXXXX").string();
        CHECK(::mkdtemp(pattern.data()) != nullptr, "no temporary folder");
        folder_ = pattern;
    }
    ~SqliteSubject() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    std::unique_ptr<sql::Store> open(const StoreLimits& limits) override {
        auto store = sqlite::open_store(folder_ / "store.db",
                                        {.readers = limits.connections, .wait = limits.wait});
        CHECK(store.ok(), "the store does not open");
        return std::move(*store);
    }
    std::unique_ptr<sql::Store> open_unreachable() override {
        const auto inner = folder_ / "inner";
        std::filesystem::create_directory(inner);
        // The writer holds the file open; readers find the folder gone.
        auto store = sqlite::open_store(inner / "store.db", {});
        CHECK(store.ok(), "the store does not open");
        std::filesystem::remove_all(inner);
        return std::move(*store);
    }
    std::string_view fixed_tables() const override { return sqlite_fixed; }
    std::string generation_tables(std::int64_t) const override {
        return std::string(sqlite_generation);
    }

private:
    std::filesystem::path folder_;
};

// Replaces the database of a URL.
std::string with_database(const std::string& url, const std::string& name) {
    const std::size_t query = std::min(url.find('?'), url.size());
    const std::size_t authority = url.find("://") + 3;
    const std::size_t path = std::min(url.find('/', authority), query);
    return url.substr(0, path) + "/" + name + url.substr(query);
}

void run(const std::string& url, const std::string& statement) {
    pqxx::connection connection(url);
    pqxx::nontransaction session(connection);
    session.exec(statement);
}

// One database for the whole run of the program.
class TestDatabase {
public:
    explicit TestDatabase(std::string url)
        : server_(std::move(url)), name_("outlay_store_" + std::to_string(::getpid())) {
        run(server_, "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
        run(server_, "CREATE DATABASE " + name_);
        for (const char* role : {"outlay_api", "outlay_worker"}) {
            // Roles belong to the whole server, where other tests may make them at the same time.
            run(server_, std::string("DO $$ BEGIN CREATE ROLE ") + role +
                             " NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN "
                             "NULL; END $$");
        }
    }
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;
    ~TestDatabase() {
        try {
            run(server_, "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
        } catch (const std::exception& error) {
            std::fprintf(stderr, "cannot drop %s: %s\n", name_.c_str(), error.what());
        }
    }
    std::string url() const { return with_database(server_, name_); }
    void empty() const {
        run(url(),
            "SET client_min_messages = error;"
            "DROP SCHEMA IF EXISTS outlay, read_g1, read_g2 CASCADE");
    }

private:
    std::string server_;
    std::string name_;
};

TestDatabase* test_database() {
    static const std::unique_ptr<TestDatabase> database = [] {
        const char* url = std::getenv("OUTLAY_TEST_POSTGRES");
        return url == nullptr || *url == '\0' ? nullptr : std::make_unique<TestDatabase>(url);
    }();
    return database.get();
}

class PostgresSubject final : public StoreSubject {
public:
    PostgresSubject() { test_database()->empty(); }
    std::unique_ptr<sql::Store> open(const StoreLimits& limits) override {
        return open_at(postgres_url(), limits);
    }
    std::unique_ptr<sql::Store> open_unreachable() override {
        // Port 1 is reserved and nobody listens there.
        return open_at("postgresql://outlay@127.0.0.1:1/outlay", {});
    }
    std::string_view fixed_tables() const override { return postgres_fixed; }
    std::string generation_tables(std::int64_t generation) const override {
        const std::string schema = "read_g" + std::to_string(generation);
        return "CREATE SCHEMA " + schema + "; GRANT USAGE ON SCHEMA " + schema +
               " TO outlay_api, outlay_worker;" + std::string(postgres_generation);
    }

private:
    static std::unique_ptr<sql::Store> open_at(const std::string& url, const StoreLimits& limits) {
        postgres::StoreOptions options;
        options.url = url;
        options.query_connections = limits.connections;
        options.lookup_connections = limits.connections;
        options.project_connections = limits.connections;
        options.admin_connections = limits.connections;
        options.wait = limits.wait;
        options.statement_timeout = limits.statement_timeout;
        return postgres::open_store(std::move(options));
    }
};

std::string_view name_of(sql::ErrorKind kind) {
    switch (kind) {
        case sql::ErrorKind::unavailable:
            return "unavailable";
        case sql::ErrorKind::unknown:
            return "unknown";
        case sql::ErrorKind::busy:
            return "busy";
        case sql::ErrorKind::conflict:
            return "conflict";
        case sql::ErrorKind::failed:
            return "failed";
    }
    return "";
}

}  // namespace

std::unique_ptr<StoreSubject> sqlite_subject() {
    return std::make_unique<SqliteSubject>();
}

std::unique_ptr<StoreSubject> postgres_subject() {
    if (test_database() == nullptr) return nullptr;
    return std::make_unique<PostgresSubject>();
}

std::string postgres_url() {
    return test_database()->url();
}

domain::Uuid uuid_of(int n) {
    domain::Uuid uuid;
    uuid.bytes = {0x01, 0x89, 0x0a, 0x5d, 0xac, 0x96, 0x77, 0x4b, 0xbc, 0xce};
    for (std::size_t i = 0; i < 4; ++i) {
        uuid.bytes[15 - i] =
            static_cast<std::uint8_t>((static_cast<unsigned>(n) >> (8 * i)) & 0xffU);
    }
    return uuid;
}

domain::WorkspaceId workspace_of(int n) {
    return {uuid_of(n)};
}
sql::Value id(int n) {
    return uuid_of(n).text();
}

void StoreFixture::prepare(std::unique_ptr<StoreSubject> subject) {
    ASSERT_NE(subject, nullptr) << "OUTLAY_TEST_POSTGRES names no server";
    subject_ = std::move(subject);
    store_ = subject_->open({});
    ASSERT_DONE(store_->run_script(subject_->fixed_tables(), 0));
    add_generation(1);
    activate(1);
}

sql::Status StoreFixture::project(const sql::TransactionBody& body) {
    return store_->transact({.access = sql::Access::project, .workspace = {}}, body);
}

sql::Status StoreFixture::query(int workspace, const sql::TransactionBody& body) {
    return store_->transact({.access = sql::Access::query, .workspace = workspace_of(workspace)},
                            body);
}

sql::Status StoreFixture::admin(const sql::TransactionBody& body) {
    return store_->transact({.access = sql::Access::admin, .workspace = {}}, body);
}

void StoreFixture::add_generation(std::int64_t generation) {
    ASSERT_DONE(store_->run_script(subject_->generation_tables(generation), generation));
}

void StoreFixture::activate(std::int64_t generation) {
    ASSERT_DONE(admin([&](sql::Session& session) -> sql::Status {
        (void)session.execute("DELETE FROM outlay.active_generation");
        const std::array<sql::Value, 1> parameters{generation};
        (void)session.execute("INSERT INTO outlay.active_generation (generation) VALUES ($1)",
                              parameters);
        return domain::Done{};
    }));
}

std::array<sql::Value, 6> total_row(int workspace, int day, std::int64_t amount) {
    char text[16];
    std::snprintf(text, sizeof text, "2026-%02d-%02d", day / 28 % 12 + 1, day % 28 + 1);
    return {id(workspace), std::string(text), std::string("EUR"),
            amount,        std::int64_t{1},   sql::Null{}};
}

sql::Status StoreFixture::write_total(int day, std::int64_t amount, sql::OnConflict on_conflict) {
    return project([&](sql::Session& session) {
        return session.write(totals, on_conflict, total_row(1, day, amount));
    });
}

std::int64_t StoreFixture::sum_of_totals(sql::Store& store) {
    std::int64_t sum = -1;
    const sql::TransactionOptions options{.access = sql::Access::query,
                                          .workspace = workspace_of(1)};
    const auto status = store.transact(options, [&](sql::Session& session) -> sql::Status {
        auto rows =
            session.query("SELECT CAST(coalesce(sum(amount), 0) AS bigint) FROM read.totals");
        if (!rows) return domain::Fail{rows.error()};
        sum = rows->integer(0, 0);
        return domain::Done{};
    });
    EXPECT_DONE(status);
    return status.ok() ? sum : -1;
}

std::string text_of(const sql::Status& status) {
    if (status.ok()) return "";
    return std::string(name_of(status.error().kind)) + ": " + status.error().detail;
}

std::optional<sql::ErrorKind> kind_of(const sql::Status& status) {
    if (status.ok()) return std::nullopt;
    return status.error().kind;
}

}  // namespace outlay::tests
