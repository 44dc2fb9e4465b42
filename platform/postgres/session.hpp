// One transaction's view of a PostgreSQL connection: portable SQL in, rows out. After the first
// error every further call answers the same error, because the transaction is lost. Confined to the
// thread that runs the transaction.
#pragma once

#include <optional>

#include "platform/postgres/connection.hpp"
#include "platform/postgres/text_form.hpp"
#include "platform/sql.hpp"

namespace outlay::postgres {

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
    sql::Result<pqxx::result> run(std::string_view statement, const ParameterTexts& parameters);
    sql::Result<pqxx::result> run(std::string_view statement,
                                  std::span<const sql::Value> parameters);
    sql::Result<pqxx::result> run(std::string_view statement, std::vector<ArrayText>& arrays);
    sql::Error end(sql::Error error);

    Connection& connection_;
    std::int64_t generation_;
    std::optional<sql::Error> error_;
};

}  // namespace outlay::postgres
