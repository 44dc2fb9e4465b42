// The stores that the contract suite runs against, each over a database of its own with two test
// tables per generation: `read.samples` (every type) and `read.totals` (a composite key with sums).
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "platform/sql.hpp"

namespace outlay::tests {

struct StoreLimits {
    std::size_t connections = 4;  // of each kind
    std::chrono::milliseconds wait{5000};
    std::chrono::milliseconds statement_timeout{20000};
};

// An empty database of one kind.
class StoreSubject {
public:
    virtual ~StoreSubject() = default;
    virtual std::unique_ptr<sql::Store> open(const StoreLimits& limits) = 0;
    // One that cannot be reached.
    virtual std::unique_ptr<sql::Store> open_unreachable() = 0;
    virtual std::string_view fixed_tables() const = 0;
    virtual std::string generation_tables(std::int64_t generation) const = 0;
};

std::unique_ptr<StoreSubject> sqlite_subject();
// Null when OUTLAY_TEST_POSTGRES (the URL of a superuser) is not set; the test then fails.
std::unique_ptr<StoreSubject> postgres_subject();
// The URL of the test's own database.
std::string postgres_url();

inline constexpr std::array sample_columns{
    sql::Column{"workspace", sql::Type::uuid}, sql::Column{"id", sql::Type::uuid},
    sql::Column{"amount", sql::Type::integer}, sql::Column{"note", sql::Type::text},
    sql::Column{"day", sql::Type::date},       sql::Column{"at", sql::Type::timestamp},
    sql::Column{"flag", sql::Type::boolean},   sql::Column{"raw", sql::Type::bytes},
};
inline constexpr sql::Table samples{"read.samples", sample_columns, 2};

inline constexpr std::array total_columns{
    sql::Column{"workspace", sql::Type::uuid}, sql::Column{"day", sql::Type::date},
    sql::Column{"currency", sql::Type::text},  sql::Column{"amount", sql::Type::integer},
    sql::Column{"count", sql::Type::integer},  sql::Column{"label", sql::Type::text},
};
inline constexpr sql::Table totals{"read.totals", total_columns, 3};

// The n-th of a row of made-up ids.
domain::Uuid uuid_of(int n);
domain::WorkspaceId workspace_of(int n);
sql::Value id(int n);

// A store with the fixed tables and generation 1, which is active.
class StoreFixture : public testing::Test {
protected:
    // Fails the test when the subject is missing.
    void prepare(std::unique_ptr<StoreSubject> subject);

    sql::Status project(const sql::TransactionBody& body);
    sql::Status query(int workspace, const sql::TransactionBody& body);
    sql::Status admin(const sql::TransactionBody& body);
    void add_generation(std::int64_t generation);
    void activate(std::int64_t generation);
    // Writes one row of read.totals for day n of workspace 1.
    sql::Status write_total(int day, std::int64_t amount,
                            sql::OnConflict on_conflict = sql::OnConflict::fail);
    // The sum of read.totals as workspace 1 sees it; -1 when the query fails.
    std::int64_t sum_of_totals(sql::Store& store);

    std::unique_ptr<StoreSubject> subject_;
    std::unique_ptr<sql::Store> store_;
};

// The parameter of the suites that hold for every store.
struct StoreKind {
    const char* name;
    std::unique_ptr<StoreSubject> (*make)();
};
inline void PrintTo(const StoreKind& kind, std::ostream* out) {
    *out << kind.name;
}
inline const auto every_store =
    testing::Values(StoreKind{"sqlite", sqlite_subject}, StoreKind{"postgres", postgres_subject});
inline std::string name_of_store(const testing::TestParamInfo<StoreKind>& info) {
    return info.param.name;
}

class StoreContract : public StoreFixture, public testing::WithParamInterface<StoreKind> {
protected:
    void SetUp() override { prepare(GetParam().make()); }
};

std::array<sql::Value, 6> total_row(int workspace, int day, std::int64_t amount);

// "" for success, else kind and detail.
std::string text_of(const sql::Status& status);
// The kind of an error; empty for success.
std::optional<sql::ErrorKind> kind_of(const sql::Status& status);

}  // namespace outlay::tests

#define EXPECT_DONE(expression) EXPECT_EQ(::outlay::tests::text_of(expression), "")
#define ASSERT_DONE(expression) ASSERT_EQ(::outlay::tests::text_of(expression), "")
