// One transaction's view of a SQLite connection: portable SQL in, rows out. After the first error
// every further call answers the same error, because the transaction is lost. Confined to the
// thread that runs the transaction.
#pragma once

#include <optional>

#include "platform/sql.hpp"
#include "platform/sql_dialect.hpp"
#include "platform/sqlite/database.hpp"

namespace outlay::sqlite {

sql::Dialect dialect_of(std::int64_t generation);

sql::Error error_of(const Failure& failure);
// For the failure of COMMIT: an I/O error leaves open what a later recovery will find in the file.
sql::Error commit_error_of(const Failure& failure);

// A connection and what it remembers between transactions.
struct Connection {
    Database database;
    sql::Translations translations{dialect_of};
    bool waits_for_disk = true;  // its commits do
};

class Session final : public sql::Session {
public:
    Session(Connection& connection, std::int64_t generation)
        : connection_(connection), generation_(generation) {}

    sql::Result<sql::Rows> query(std::string_view statement,
                                 std::span<const sql::Value> parameters) override;
    sql::Result<std::int64_t> execute(std::string_view statement,
                                      std::span<const sql::Value> parameters) override;
    sql::Status write(const sql::Table& table, sql::OnConflict on_conflict,
                      std::span<const sql::Value> cells) override;
    sql::Result<sql::Rows> find(const sql::Table& table, std::span<const std::string_view> columns,
                                std::span<const sql::Value> keys) override;
    void use_generation(std::int64_t generation) override { generation_ = generation; }
    std::int64_t generation() const override { return generation_; }

    // The error that ended the transaction, if one did.
    const std::optional<sql::Error>& error() const { return error_; }

private:
    sql::Result<Statement*> prepare(std::string_view statement);
    sql::Status collect(Statement& statement, sql::Rows& rows);
    template <typename T>
    sql::Result<T> keep(sql::Result<T> result);

    Connection& connection_;
    std::int64_t generation_;
    std::optional<sql::Error> error_;
};

}  // namespace outlay::sqlite
