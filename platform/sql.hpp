// The store port: a thin SQL session over PostgreSQL or SQLite. SQL text is portable and lives
// beside the projection or query that uses it; adapters hold driver and dialect only. In SQL text,
// `read.name` stands for table `name` of the session's generation (PostgreSQL: schema read_gN;
// SQLite: prefix read_gN_), `outlay.name` for a fixed table. Parameters are $1, $2, ... A Session
// is confined to one thread at a time; a Store may be used from any thread.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/values/check.hpp"
#include "domain/values/ids.hpp"
#include "domain/values/result.hpp"

namespace outlay::sql {

struct Null {
    auto operator<=>(const Null&) const = default;
};
// uuid, date and timestamp travel as text: "01890a5d-...", "2026-11-20",
// "2026-11-20T08:15:00.123456Z".
using Value = std::variant<Null, std::int64_t, std::string>;

enum class Type {
    integer,
    text,
    uuid,
    date,
    timestamp,
    boolean,
    bytes
};  // boolean: 0 or 1; bytes: raw string

enum class ErrorKind {
    unavailable,  // no connection, or it broke before anything was decided: try again later
    unknown,      // the commit may or may not have happened
    busy,         // deadline or lock timeout
    conflict,     // serialization failure, deadlock, unique violation
    failed,       // the statement is wrong: a programming or schema error
};
struct Error {
    ErrorKind kind = ErrorKind::failed;
    std::string detail;  // for logs, never for clients
};
template <typename T>
using Result = domain::Result<T, Error>;
using Status = domain::Status<Error>;

// Whether it was done, without what it answers.
template <typename T>
Status status_of(const Result<T>& done) {
    if (!done.ok()) return domain::Fail{done.error()};
    return domain::Done{};
}

// "$2, $3, $4": `count` parameters of a statement, from number `first` on.
inline std::string marks(std::size_t first, std::size_t count) {
    std::string list;
    for (std::size_t number = first; number < first + count; ++number)
        list += (number == first ? "$" : ", $") + std::to_string(number);
    return list;
}

// The rows of one answer. Column order is that of the statement.
class Rows {
public:
    explicit Rows(std::size_t columns = 0) : columns_(columns) {}
    void add(Value value) { cells_.push_back(std::move(value)); }
    std::size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
    bool empty() const { return cells_.empty(); }
    std::size_t columns() const { return columns_; }
    const Value& at(std::size_t row, std::size_t column) const {
        CHECK(row < size() && column < columns_, "a cell outside of the answer");
        return cells_[row * columns_ + column];
    }
    bool is_null(std::size_t row, std::size_t column) const {
        return std::holds_alternative<Null>(at(row, column));
    }
    // These CHECK the kind of the cell.
    std::int64_t integer(std::size_t row, std::size_t column) const {
        const auto* value = std::get_if<std::int64_t>(&at(row, column));
        CHECK(value != nullptr, "the cell is not an integer");
        return *value;
    }
    const std::string& text(std::size_t row, std::size_t column) const {
        const auto* value = std::get_if<std::string>(&at(row, column));
        CHECK(value != nullptr, "the cell is not a text");
        return *value;
    }
    domain::Uuid uuid(std::size_t row, std::size_t column) const {
        const auto value = domain::Uuid::parse(text(row, column));
        CHECK(value.has_value(), "the cell is not a uuid");
        return *value;
    }
    // The same for a cell that may be NULL.
    std::optional<std::int64_t> optional_integer(std::size_t row, std::size_t column) const {
        return is_null(row, column) ? std::nullopt : std::optional(integer(row, column));
    }
    std::optional<std::string> optional_text(std::size_t row, std::size_t column) const {
        return is_null(row, column) ? std::nullopt : std::optional(text(row, column));
    }
    std::optional<domain::Uuid> optional_uuid(std::size_t row, std::size_t column) const {
        return is_null(row, column) ? std::nullopt : std::optional(uuid(row, column));
    }

private:
    std::size_t columns_;
    std::vector<Value> cells_;
};

struct Column {
    std::string_view name;
    Type type;
};

// Describes a table for bulk writes and look-ups by key. Lives in static storage.
struct Table {
    std::string_view name;  // "read.expenses"
    std::span<const Column> columns;
    std::size_t key_columns;  // the first n columns are the key
};

enum class OnConflict {
    fail,
    ignore,
    replace,  // every column that is not key takes the new value
    add,      // integer columns that are not key are added to
};

class Session {
public:
    virtual ~Session() = default;
    // One statement. The result types of integer, boolean and bigint columns are integers, all else
    // text.
    virtual Result<Rows> query(std::string_view statement,
                               std::span<const Value> parameters = {}) = 0;
    // One statement; answers the number of rows changed.
    virtual Result<std::int64_t> execute(std::string_view statement,
                                         std::span<const Value> parameters = {}) = 0;
    // Writes many rows (row-major cells, columns in the table's order) in few round trips; an error
    // may be told by a later call or the commit. Within one call no two rows share a key.
    virtual Status write(const Table& table, OnConflict on_conflict,
                         std::span<const Value> cells) = 0;
    // The rows whose key columns equal one of `keys` (row-major, key_columns wide); `columns` are
    // names of the table's columns to answer with, in that order.
    virtual Result<Rows> find(const Table& table, std::span<const std::string_view> columns,
                              std::span<const Value> keys) = 0;
    // Which generation `read.` means from now on in this session (0: none chosen).
    virtual void use_generation(std::int64_t generation) = 0;
    virtual std::int64_t generation() const = 0;
};

enum class Access {
    query,   // API reads: read only, one snapshot, row-level security of `workspace`
    lookup,  // the node's own reads over all workspaces (outcomes, checkpoints, keys): one snapshot
    project,  // the projector's writes
    admin,    // migrations, identity, operations
};

struct TransactionOptions {
    Access access = Access::query;
    std::optional<domain::WorkspaceId> workspace;  // required for Access::query
    // All that it writes stands in the journal and would be written again: committed does not have
    // to mean that it outlives a crash of the store. What is committed later never outlives it.
    bool is_replayable = false;
};
// Over all workspaces.
inline const TransactionOptions as_reader{Access::lookup, std::nullopt};
inline const TransactionOptions as_worker{Access::project, std::nullopt};

// Work that runs inside one transaction; an error rolls back.
using TransactionBody = std::function<Status(Session&)>;

class Store {
public:
    virtual ~Store() = default;
    // Begins, selects the active generation (read in the same snapshot, unless there is none yet),
    // runs `body`, commits. Blocks; call from pool threads only. Session errors end the
    // transaction.
    virtual Status transact(const TransactionOptions& options, const TransactionBody& body) = 0;
    // Applies the statements of one migration or of a new generation's tables, as admin.
    virtual Status run_script(std::string_view script, std::int64_t generation) = 0;
};

}  // namespace outlay::sql
