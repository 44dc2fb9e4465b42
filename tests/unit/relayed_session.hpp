// A session of a test: passes everything on to a real one; what a test bends, it overrides.
#pragma once

#include "platform/sql.hpp"

namespace outlay {

class RelayedSession : public sql::Session {
public:
    explicit RelayedSession(sql::Session& session) : session_(session) {}

    sql::Result<sql::Rows> query(std::string_view statement,
                                 std::span<const sql::Value> parameters) override {
        return session_.query(statement, parameters);
    }
    sql::Result<std::int64_t> execute(std::string_view statement,
                                      std::span<const sql::Value> parameters) override {
        return session_.execute(statement, parameters);
    }
    sql::Status write(const sql::Table& table, sql::OnConflict on_conflict,
                      std::span<const sql::Value> cells) override {
        return session_.write(table, on_conflict, cells);
    }
    sql::Result<sql::Rows> find(const sql::Table& table, std::span<const std::string_view> columns,
                                std::span<const sql::Value> keys) override {
        return session_.find(table, columns, keys);
    }
    void use_generation(std::int64_t generation) override { session_.use_generation(generation); }
    std::int64_t generation() const override { return session_.generation(); }

protected:
    sql::Session& session_;
};

}  // namespace outlay
