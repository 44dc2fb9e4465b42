// One transaction's view of a PostgreSQL connection: portable SQL in, rows out. Writes wait until
// something is asked, or the transaction ends, and then go together in one round trip: so an error
// of a write may come with a later call, at the latest with flush. After the first error every
// further call answers the same error, because the transaction is lost. Confined to the thread that
// runs the transaction.
#pragma once

#include <optional>
#include <vector>

#include "platform/postgres/connection.hpp"
#include "platform/sql.hpp"

namespace outlay::postgres {

class Session final : public sql::Session {
public:
    // `gathers`: writes wait; else each runs at once, and its error is its own.
    Session(Connection& connection, std::int64_t generation, bool gathers);
    ~Session() override;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    sql::Result<sql::Rows> query(std::string_view statement,
                                 std::span<const sql::Value> parameters) override;
    sql::Result<std::int64_t> execute(std::string_view statement,
                                      std::span<const sql::Value> parameters) override;
    sql::Status write(const sql::Table& table, sql::OnConflict on_conflict,
                      std::span<const sql::Value> cells) override;
    sql::Result<sql::Rows> find(const sql::Table& table, std::span<const std::string_view> columns,
                                std::span<const sql::Value> keys) override;
    void use_generation(std::int64_t generation) override;
    std::int64_t generation() const override { return generation_; }

    // Runs the writes that wait. To be called before the transaction is committed.
    sql::Status flush();
    // The error that ended the transaction, if one did.
    const std::optional<sql::Error>& error() const { return error_; }

private:
    template <typename Parameters>
    sql::Result<pqxx::result> run_with(std::string_view statement, const Parameters& parameters);
    sql::Result<pqxx::result> run(std::string_view statement,
                                  std::span<const sql::Value> parameters);
    struct Waiting;  // rows for one table
    bool waits_for(const sql::Table& table) const;
    sql::Error end(sql::Error error);

    Connection& connection_;
    std::int64_t generation_;
    bool gathers_;
    std::optional<sql::Error> error_;
    std::vector<Waiting> waiting_;  // at most one per table, in the order of the calls
};

}  // namespace outlay::postgres
