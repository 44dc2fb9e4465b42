// SQLite's C interface behind Database and Statement.
#include "platform/sqlite/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace outlay::sqlite {
namespace {

// A process uses a fixed set of texts per generation; beyond this the cache starts anew.
constexpr std::size_t cached_statements_max = 1000;
constexpr int writer_cache_kib = 64 * 1024;
constexpr int wal_pages = 16 * 1024;  // of 4 KiB; what is read again after a crash

Failure failure_of(sqlite3* handle, int code) {
    return Failure{code, handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code)};
}

// SQLite would make the file readable for all; its -wal and -shm files take the mode of the main
// file. One that exists is not opened: closing any descriptor of it would drop the locks that other
// connections of this process hold on it.
Status create_private_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0 && errno == EEXIST) return domain::Done{};
    if (descriptor < 0) {
        const int error = errno;
        return domain::Fail{Failure{SQLITE_CANTOPEN,
                                    file.string() + ": " + std::generic_category().message(error)}};
    }
    ::close(descriptor);
    return domain::Done{};
}

std::string settings(const OpenOptions& options) {
    std::string pragmas = "PRAGMA busy_timeout=" + std::to_string(options.busy_timeout.count()) +
                          "; PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL;";
    if (options.query_only) return pragmas + " PRAGMA query_only=ON;";
    // A writer changes a page of each index per row. It finds them in memory, and they go through
    // the log several times before they are copied to the file once.
    pragmas += " PRAGMA cache_size=-" + std::to_string(writer_cache_kib) +
               "; PRAGMA wal_autocheckpoint=" + std::to_string(wal_pages) + ";";
    return pragmas;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* handle) const {
    sqlite3_finalize(handle);
}
void Database::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

void Statement::bind_null(int parameter) {
    CHECK(sqlite3_bind_null(handle_.get(), parameter) == SQLITE_OK, "no such parameter");
}

void Statement::bind_integer(int parameter, std::int64_t value) {
    CHECK(sqlite3_bind_int64(handle_.get(), parameter, value) == SQLITE_OK, "no such parameter");
}

void Statement::bind_text(int parameter, std::string_view value) {
    // A null pointer would bind NULL; a null destructor means that the bytes are borrowed.
    const char* data = value.data() != nullptr ? value.data() : "";
    const int code =
        sqlite3_bind_text64(handle_.get(), parameter, data, value.size(), nullptr, SQLITE_UTF8);
    CHECK(code == SQLITE_OK, "no such parameter, or a text beyond SQLite's limit");
}

void Statement::bind_bytes(int parameter, std::string_view value) {
    const char* data = value.data() != nullptr ? value.data() : "";
    const int code = sqlite3_bind_blob64(handle_.get(), parameter, data, value.size(), nullptr);
    CHECK(code == SQLITE_OK, "no such parameter, or a blob beyond SQLite's limit");
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
        sqlite3_reset(handle_.get());
        return false;
    }
    Failure failure = failure_of(sqlite3_db_handle(handle_.get()), code);
    sqlite3_reset(handle_.get());
    return domain::Fail{std::move(failure)};
}

Status Statement::run() {
    for (;;) {
        auto row = step();
        if (!row) return domain::Fail{row.error()};
        if (!*row) return domain::Done{};
    }
}

void Statement::reset() {
    sqlite3_reset(handle_.get());
    sqlite3_clear_bindings(handle_.get());
}

int Statement::parameters() const {
    return sqlite3_bind_parameter_count(handle_.get());
}
int Statement::columns() const {
    return sqlite3_column_count(handle_.get());
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

bool Statement::is_integer(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_INTEGER;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
}

std::string_view Statement::bytes(int column) const {
    // The pointer has to be fetched before the size: it may convert the value.
    const bool blob = sqlite3_column_type(handle_.get(), column) == SQLITE_BLOB;
    const void* data = blob ? sqlite3_column_blob(handle_.get(), column)
                            : static_cast<const void*>(sqlite3_column_text(handle_.get(), column));
    const int size = sqlite3_column_bytes(handle_.get(), column);
    if (data == nullptr || size <= 0) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Result<Database> Database::open(const std::filesystem::path& file, const OpenOptions& options) {
    if (!options.query_only) {
        if (auto made = create_private_file(file); !made) return domain::Fail{made.error()};
    }
    auto database = open_raw(file.c_str(), settings(options));
    if (!database.ok() || options.query_only) return database;
    if (auto set = database->write_ahead(options.busy_timeout); !set)
        return domain::Fail{set.error()};
    return database;
}

Result<Database> Database::open_in_memory() {
    return open_raw(":memory:", "PRAGMA foreign_keys=ON; PRAGMA synchronous=OFF");
}

Result<Database> Database::open_raw(const char* name, const std::string& pragmas) {
    sqlite3* raw = nullptr;
    // NOMUTEX: a connection is used by one thread at a time.
    const int code =
        sqlite3_open_v2(name, &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    Handle handle(raw);
    if (code != SQLITE_OK) return domain::Fail{failure_of(raw, code)};
    sqlite3_extended_result_codes(raw, 1);
    Database database(std::move(handle));
    if (auto set = database.execute(pragmas); !set) return domain::Fail{set.error()};
    return database;
}

// Of two that change the mode of a new file at once, one is told "busy" without a wait.
Status Database::write_ahead(std::chrono::milliseconds patience) {
    constexpr int pause_ms = 5;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        auto set = execute("PRAGMA journal_mode=WAL");
        const bool is_busy = !set.ok() && (set.error().code & 0xFF) == SQLITE_BUSY;
        if (!is_busy || std::chrono::steady_clock::now() > deadline) return set;
        sqlite3_sleep(pause_ms);
    }
}

Status Database::execute(const std::string& script) {
    const int code = sqlite3_exec(handle_.get(), script.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return domain::Fail{failure_of(handle_.get(), code)};
    return domain::Done{};
}

Result<Statement*> Database::prepare(std::string_view text) {
    std::string key(text);
    if (const auto found = statements_.find(key); found != statements_.end()) {
        return found->second.get();
    }
    sqlite3_stmt* raw = nullptr;
    const char* rest = nullptr;
    const int code =
        sqlite3_prepare_v3(handle_.get(), key.c_str(), static_cast<int>(key.size() + 1),
                           SQLITE_PREPARE_PERSISTENT, &raw, &rest);
    auto statement = std::make_unique<Statement>(raw);
    if (code != SQLITE_OK) return domain::Fail{failure_of(handle_.get(), code)};
    if (raw == nullptr || std::strspn(rest, " \t\r\n;") != std::strlen(rest)) {
        return domain::Fail{Failure{SQLITE_MISUSE, "not exactly one statement: " + key}};
    }
    if (statements_.size() >= cached_statements_max) statements_.clear();
    Statement* answer = statement.get();
    statements_.emplace(std::move(key), std::move(statement));
    return answer;
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(handle_.get());
}
std::int64_t Database::total_changes() const {
    return sqlite3_total_changes64(handle_.get());
}

std::int64_t Database::last_insert_rowid() const {
    return sqlite3_last_insert_rowid(handle_.get());
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

}  // namespace outlay::sqlite
