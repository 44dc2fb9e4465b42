// A small RAII wrapper of SQLite's C interface, shared by the journal and the store of the embedded
// form: a connection with the house's settings (WAL, synchronous=FULL, foreign keys) and prepared
// statements cached by text. Errors are values that carry SQLite's extended result code. A Database
// is confined to one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "domain/values/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace outlay::sqlite {

struct Failure {
    int code = 0;  // extended result code; `code & 0xff` is the primary one
    std::string message;
};
template <typename T>
using Result = domain::Result<T, Failure>;
using Status = domain::Status<Failure>;

// A compiled statement. Parameters are numbered from 1, columns from 0.
class Statement {
public:
    explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}

    void bind_null(int parameter);
    void bind_integer(int parameter, std::int64_t value);
    // Text and bytes are not copied: they must live until the statement is reset or bound anew.
    void bind_text(int parameter, std::string_view value);
    void bind_bytes(int parameter, std::string_view value);

    // True when a row is there, false at the end. After false or a failure the statement is reset.
    Result<bool> step();
    // Steps through to the end, ignoring rows.
    Status run();
    // Back to the start, with all parameters NULL again.
    void reset();

    int parameters() const;
    int columns() const;
    bool is_null(int column) const;
    bool is_integer(int column) const;
    std::int64_t integer(int column) const;
    // The raw bytes of a text, blob or number; valid until the next step or reset.
    std::string_view bytes(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// Resets a cached statement at the end of its use, so that it neither pins a snapshot nor keeps
// borrowed bytes.
class StatementUse {
public:
    explicit StatementUse(Statement& statement) : statement_(&statement) { statement.reset(); }
    ~StatementUse() { statement_->reset(); }
    StatementUse(const StatementUse&) = delete;
    StatementUse& operator=(const StatementUse&) = delete;
    Statement* operator->() const { return statement_; }

private:
    Statement* statement_;
};

struct OpenOptions {
    bool query_only = false;  // refuses every write (the file must exist)
    std::chrono::milliseconds busy_timeout{5000};
};

class Database {
public:
    // Opens the file, made with mode 0600 if it does not exist; its folder must exist.
    static Result<Database> open(const std::filesystem::path& file,
                                 const OpenOptions& options = {});
    // Empty, and gone with its connection.
    static Result<Database> open_in_memory();

    // Runs `;`-separated statements without parameters or results (schema, pragmas, BEGIN, COMMIT).
    Status execute(const std::string& script);
    // The compiled form of one statement, cached by its text; owned by the database.
    Result<Statement*> prepare(std::string_view text);

    // Rows changed by the last INSERT, UPDATE or DELETE.
    std::int64_t changes() const;
    // Rows changed since the connection was opened.
    std::int64_t total_changes() const;
    std::int64_t last_insert_rowid() const;
    // True between BEGIN and COMMIT or ROLLBACK; some failures roll back by themselves.
    bool in_transaction() const;

private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    using Handle = std::unique_ptr<sqlite3, Close>;

    static Result<Database> open_raw(const char* name, const std::string& pragmas);
    explicit Database(Handle handle) : handle_(std::move(handle)) {}
    Status write_ahead(std::chrono::milliseconds patience);

    // The handle stands first: statements must be finalized before their connection closes.
    Handle handle_;
    std::unordered_map<std::string, std::unique_ptr<Statement>> statements_;
};

}  // namespace outlay::sqlite
