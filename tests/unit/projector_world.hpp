// What the projector's tests share: a clock that stands still, a store in a temporary folder, and
// the content of the read models as text.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "migrations/migrations.hpp"
#include "platform/clock.hpp"
#include "platform/sqlite/store.hpp"
#include "workers/cells.hpp"
#include "workers/schema.hpp"

namespace outlay::tests {

class ManualClock final : public platform::Clock {
public:
    domain::Instant now() const override {
        return {start_micros +
                std::chrono::duration_cast<std::chrono::microseconds>(passed_).count()};
    }
    std::chrono::steady_clock::time_point monotonic() const override {
        return std::chrono::steady_clock::time_point{} + std::chrono::hours{1} + passed_;
    }
    void advance(std::chrono::milliseconds by) { passed_ += by; }

private:
    static constexpr std::int64_t start_micros = 1'795'000'000'000'000;  // November 2026
    std::chrono::milliseconds passed_{0};
};

// An empty store, migrated.
class ProjectorStore {
public:
    virtual ~ProjectorStore() = default;
    virtual sql::Store& store() = 0;
};

class SqliteProjectorStore final : public ProjectorStore {
public:
    SqliteProjectorStore() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "outlay-projector-XXXXXX").string();
        CHECK(::mkdtemp(pattern.data()) != nullptr, "no temporary folder");
        folder_ = pattern;
        auto opened = sqlite::open_store(folder_ / "store.db");
        CHECK(opened.ok(), "the store does not open");
        store_ = std::move(*opened);
        CHECK(workers::migrate(*store_, migrations::sqlite(), ManualClock{}).ok(), "no schema");
    }
    ~SqliteProjectorStore() override {
        store_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    SqliteProjectorStore(const SqliteProjectorStore&) = delete;
    SqliteProjectorStore& operator=(const SqliteProjectorStore&) = delete;
    sql::Store& store() override { return *store_; }

private:
    std::filesystem::path folder_;
    std::unique_ptr<sql::Store> store_;
};

inline std::string text_of_cell(const sql::Value& value) {
    if (std::holds_alternative<sql::Null>(value)) return "~";
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return std::get<std::string>(value);
}

using Lines = std::vector<std::string>;

// The rows of a query, cells joined by '|', sorted.
inline Lines rows_of(sql::Store& store, const std::string& statement,
                     const std::vector<sql::Value>& parameters = {}) {
    Lines lines;
    const auto done = store.transact(
        {sql::Access::lookup, std::nullopt}, [&](sql::Session& session) -> sql::Status {
            const auto rows = session.query(statement, parameters);
            if (!rows.ok()) return domain::Fail{rows.error()};
            for (std::size_t row = 0; row < rows->size(); ++row) {
                std::string line;
                for (std::size_t column = 0; column < rows->columns(); ++column) {
                    line += (column == 0 ? "" : "|") + text_of_cell(rows->at(row, column));
                }
                lines.push_back(std::move(line));
            }
            return domain::Done{};
        });
    EXPECT_TRUE(done.ok()) << statement << ": " << (done.ok() ? "" : done.error().detail);
    std::ranges::sort(lines);
    return lines;
}

inline sql::Status change(sql::Store& store, const std::string& statement,
                          const std::vector<sql::Value>& parameters = {},
                          sql::Access access = sql::Access::project) {
    return store.transact({access, std::nullopt}, [&](sql::Session& session) -> sql::Status {
        const auto done = session.execute(statement, parameters);
        if (!done.ok()) return domain::Fail{done.error()};
        return domain::Done{};
    });
}

using Dump = std::map<std::string, Lines>;

// Everything that a replay must make again, by table.
inline Dump dump_of(sql::Store& store) {
    Dump dump;
    for (const std::string table :
         {"read.commits", "read.events", "read.rejections", "read.checkpoints", "read.workspaces",
          "read.members", "read.categories", "read.expenses", "read.expense_tags", "read.spending",
          "read.spending_merchants", "read.spending_tags", "read.budgets", "read.budget_usage",
          "read.budget_member_usage", "read.threshold_states", "read.alerts", "read.channels",
          "read.refunds"}) {
        dump[table] = rows_of(store, "SELECT * FROM " + table);
    }
    dump["outbox"] = rows_of(store, "SELECT id, kind, payload, log_offset FROM outlay.outbox");
    return dump;
}

}  // namespace outlay::tests
