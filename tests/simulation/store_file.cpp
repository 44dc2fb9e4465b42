// Copies of one migrated file, and faults around its transactions.
#include "tests/simulation/store_file.hpp"

#include <unistd.h>

#include "migrations/migrations.hpp"
#include "platform/clock.hpp"
#include "platform/sqlite/store.hpp"
#include "tests/unit/relayed_session.hpp"
#include "workers/schema.hpp"

namespace outlay::simulation {

namespace {

namespace fs = std::filesystem;

fs::path new_folder() {
    const fs::path memory = "/dev/shm";  // commits are synced, which costs nothing there
    const auto parent = fs::exists(memory) ? memory : fs::temp_directory_path();
    std::string pattern = (parent / "outlay-simulation-XXXXXX").string();
    CHECK(::mkdtemp(pattern.data()) != nullptr, "no temporary folder");
    return pattern;
}

std::unique_ptr<sql::Store> open(const fs::path& folder) {
    auto opened = sqlite::open_store(folder / "store.db", {.readers = 16, .wait = {}});
    CHECK(opened.ok(), "the store does not open");
    return std::move(*opened);
}

// Migrated once per program.
class Original {
public:
    Original() : folder_(new_folder()) {
        const auto store = open(folder_);
        const auto done = workers::migrate(*store, migrations::sqlite(), platform::SystemClock{});
        CHECK(done.ok(), "no schema");
    }
    ~Original() { fs::remove_all(folder_); }
    Original(const Original&) = delete;
    Original& operator=(const Original&) = delete;
    const fs::path& folder() const { return folder_; }

private:
    fs::path folder_;
};

sql::Status failure(sql::ErrorKind kind) {
    return domain::Fail{sql::Error{kind, "simulated"}};
}

// Others may write between any two statements of a reader; its snapshot must not show it.
class InterruptedSession final : public RelayedSession {
public:
    InterruptedSession(sql::Session& session, const StoreLink::Meanwhile& meanwhile)
        : RelayedSession(session), meanwhile_(meanwhile) {}

    sql::Result<sql::Rows> query(std::string_view statement,
                                 std::span<const sql::Value> parameters) override {
        auto rows = RelayedSession::query(statement, parameters);
        meanwhile_(Moment::between_statements);
        return rows;
    }
    sql::Result<sql::Rows> find(const sql::Table& table, std::span<const std::string_view> columns,
                                std::span<const sql::Value> keys) override {
        auto rows = RelayedSession::find(table, columns, keys);
        meanwhile_(Moment::between_statements);
        return rows;
    }

private:
    const StoreLink::Meanwhile& meanwhile_;
};

}  // namespace

StoreFile::StoreFile() : folder_(new_folder()) {
    static const Original original;
    fs::copy_file(original.folder() / "store.db", folder_ / "store.db");
    store_ = open(folder_);
}

StoreFile::~StoreFile() {
    store_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

sql::Status StoreLink::transact(const sql::TransactionOptions& options,
                                const sql::TransactionBody& body) {
    if (!is_cut_) meanwhile_(Moment::before_transaction);
    if (is_cut_) return failure(sql::ErrorKind::unavailable);
    const bool reads =
        options.access == sql::Access::query || options.access == sql::Access::lookup;
    return reads ? read(options, body) : write(options, body);
}

sql::Status StoreLink::read(const sql::TransactionOptions& options,
                            const sql::TransactionBody& body) {
    if (random_.percent(trouble_)) return failure(sql::ErrorKind::unavailable);
    auto done = store_.transact(options, [&](sql::Session& session) {
        InterruptedSession interrupted(session, meanwhile_);
        return body(interrupted);
    });
    if (done.ok() && random_.percent(trouble_)) return failure(sql::ErrorKind::busy);
    return done;
}

int StoreLink::fault() {
    ++writes_;
    return random_.percent(trouble_) ? static_cast<int>(random_.number(1, 5)) : 0;
}

// It was committed, but nobody is told; perhaps because who asked for it died.
sql::Status StoreLink::lose_answer(int fault) {
    if (fault == 5) is_dying_ = is_cut_ = true;
    return failure(sql::ErrorKind::unknown);
}

sql::Status StoreLink::write(const sql::TransactionOptions& options,
                             const sql::TransactionBody& body) {
    const auto fault = this->fault();
    const auto spoil = [&](sql::ErrorKind kind) {
        return store_.transact(options, [&](sql::Session& session) -> sql::Status {
            const auto done = body(session);
            return done.ok() ? failure(kind) : done;
        });
    };
    if (fault == 1) return failure(sql::ErrorKind::unavailable);
    if (fault == 2) return spoil(sql::ErrorKind::conflict);
    if (fault == 3) return spoil(sql::ErrorKind::unknown);
    const auto done = store_.transact(options, body);
    return fault == 0 || !done.ok() ? done : lose_answer(fault);
}

sql::Status StoreLink::run_script(std::string_view script, std::int64_t generation) {
    if (!is_cut_) meanwhile_(Moment::before_transaction);
    if (is_cut_) return failure(sql::ErrorKind::unavailable);
    const auto fault = this->fault();
    if (fault == 1) return failure(sql::ErrorKind::unavailable);
    if (fault == 2 || fault == 3) return failure(sql::ErrorKind::unknown);
    const auto done = store_.run_script(script, generation);
    return fault == 0 || !done.ok() ? done : lose_answer(fault);
}

}  // namespace outlay::simulation
