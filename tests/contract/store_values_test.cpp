// Promise: what is written to a store comes back as it was, row by row or in bulk, on every store
// alike.
#include <limits>
#include <set>

#include "tests/contract/store_subject.hpp"

namespace outlay::tests {
namespace {

using sql::Null;
using sql::OnConflict;
using sql::Rows;
using sql::Session;
using sql::Status;
using sql::Value;

class StoreValues : public StoreContract {
protected:
    // The rows of a statement, as workspace 1 sees them.
    Rows ask(std::string_view statement, const std::vector<Value>& parameters = {}) {
        Rows answer;
        const auto status = query(1, [&](Session& session) -> Status {
            auto rows = session.query(statement, parameters);
            if (!rows) return domain::Fail{rows.error()};
            answer = std::move(*rows);
            return domain::Done{};
        });
        EXPECT_DONE(status);
        return answer;
    }
    Status write(const sql::Table& table, OnConflict on_conflict, const std::vector<Value>& cells) {
        return project([&](Session& session) { return session.write(table, on_conflict, cells); });
    }
    Status find(const sql::Table& table, std::vector<std::string_view> columns,
                const std::vector<Value>& keys, Rows& answer) {
        return project([&, columns](Session& session) -> Status {
            auto rows = session.find(table, columns, keys);
            if (!rows) return domain::Fail{rows.error()};
            answer = std::move(*rows);
            return domain::Done{};
        });
    }
    static std::vector<Value> sample(int n) {
        return {id(1), id(n), std::int64_t{n}, Null{}, Null{}, Null{}, Null{}, Null{}};
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreValues, every_store, name_of_store);

const std::string every_byte = [] {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
    return bytes;
}();

TEST_P(StoreValues, values_of_every_type_come_back_as_they_were) {
    const std::vector<Value> row{id(1),
                                 id(2),
                                 std::numeric_limits<std::int64_t>::min(),
                                 std::string("lunch"),
                                 std::string("2026-02-28"),
                                 std::string("2026-11-20T08:15:00.123456Z"),
                                 std::int64_t{1},
                                 every_byte};
    ASSERT_DONE(write(samples, OnConflict::fail, row));
    const Rows rows =
        ask("SELECT workspace, id, amount, note, day, at, flag, raw FROM read.samples");
    ASSERT_EQ(rows.size(), 1U);
    for (std::size_t column = 0; column < row.size(); ++column) {
        EXPECT_EQ(rows.at(0, column), row[column]) << sample_columns[column].name;
    }
    EXPECT_EQ(rows.uuid(0, 1), uuid_of(2));
}

TEST_P(StoreValues, null_stays_null_in_every_column) {
    ASSERT_DONE(write(samples, OnConflict::fail, sample(2)));
    const Rows rows = ask("SELECT note, day, at, flag, raw FROM read.samples");
    ASSERT_EQ(rows.size(), 1U);
    for (std::size_t column = 0; column < 5; ++column)
        EXPECT_TRUE(rows.is_null(0, column)) << column;
}

TEST_P(StoreValues, empty_text_and_bytes_are_not_null) {
    auto row = sample(2);
    row[3] = std::string();
    row[7] = std::string();
    ASSERT_DONE(write(samples, OnConflict::fail, row));
    const Rows rows = ask("SELECT note, raw FROM read.samples WHERE note = $1", {std::string()});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.text(0, 0), "");
    EXPECT_EQ(rows.text(0, 1), "");
}

TEST_P(StoreValues, awkward_texts_survive_writes_and_parameters) {
    const std::vector<std::string> texts{"it's \"quoted\"",
                                         R"(back\slash \x41 \\)",
                                         "{a,b} NULL",
                                         "NULL",
                                         "tab\tline\nend",
                                         "\u20ac caf\u00e9 \u65e5\u672c \U0001f37d",
                                         "$1 ?1 read.samples -- ; /*",
                                         " spaces "};
    std::vector<Value> cells;
    for (int n = 0; n < static_cast<int>(texts.size()); ++n) {
        auto row = sample(n);
        row[3] = texts[static_cast<std::size_t>(n)];
        cells.insert(cells.end(), row.begin(), row.end());
    }
    ASSERT_DONE(write(samples, OnConflict::fail, cells));
    for (int n = 0; n < static_cast<int>(texts.size()); ++n) {
        const std::string& text = texts[static_cast<std::size_t>(n)];
        const Rows rows = ask("SELECT amount, note FROM read.samples WHERE note = $1", {text});
        ASSERT_EQ(rows.size(), 1U) << text;
        EXPECT_EQ(rows.integer(0, 0), n);
        EXPECT_EQ(rows.text(0, 1), text);
    }
}

TEST_P(StoreValues, a_text_that_holds_nul_is_refused_everywhere) {
    const std::string nul("a\0b", 3);
    auto row = sample(2);
    row[3] = nul;
    EXPECT_EQ(kind_of(write(samples, OnConflict::fail, row)), sql::ErrorKind::failed);
    const auto asked = query(1, [&](Session& session) -> Status {
        const std::array<Value, 1> parameters{nul};
        auto rows = session.query("SELECT id FROM read.samples WHERE note = $1", parameters);
        return rows ? Status(domain::Done{}) : Status(domain::Fail{rows.error()});
    });
    EXPECT_EQ(kind_of(asked), sql::ErrorKind::failed);
}

TEST_P(StoreValues, instants_come_back_with_six_digits) {
    const std::vector<std::string> texts{
        "2026-11-20T08:15:00.000000Z", "2026-11-20T08:15:00.100000Z", "2026-11-20T08:15:00.000001Z",
        "1999-12-31T23:59:59.999999Z"};
    std::vector<Value> cells;
    for (int n = 0; n < static_cast<int>(texts.size()); ++n) {
        auto row = sample(n);
        row[5] = texts[static_cast<std::size_t>(n)];
        cells.insert(cells.end(), row.begin(), row.end());
    }
    ASSERT_DONE(write(samples, OnConflict::fail, cells));
    const Rows rows = ask("SELECT at FROM read.samples ORDER BY amount");
    ASSERT_EQ(rows.size(), texts.size());
    for (std::size_t row = 0; row < texts.size(); ++row) EXPECT_EQ(rows.text(row, 0), texts[row]);
}

TEST_P(StoreValues, parameters_are_bound_by_number) {
    const Rows rows = ask("SELECT CAST($2 AS bigint) - CAST($1 AS bigint), CAST($1 AS bigint)",
                          {std::int64_t{3}, std::int64_t{10}});
    EXPECT_EQ(rows.integer(0, 0), 7);
    EXPECT_EQ(rows.integer(0, 1), 3);
}

TEST_P(StoreValues, a_null_parameter_is_null) {
    const Rows rows =
        ask("SELECT CASE WHEN CAST($1 AS bigint) IS NULL THEN 1 ELSE 0 END", {Null{}});
    EXPECT_EQ(rows.integer(0, 0), 1);
}

TEST_P(StoreValues, execute_answers_the_number_of_rows_changed) {
    auto cells = sample(1);
    const auto second = sample(2);
    cells.insert(cells.end(), second.begin(), second.end());
    ASSERT_DONE(write(samples, OnConflict::fail, cells));
    std::vector<std::int64_t> changed;
    ASSERT_DONE(project([&](Session& session) -> Status {
        for (const char* statement : {"UPDATE read.samples SET amount = amount + 1",
                                      "DELETE FROM read.samples WHERE amount > 100",
                                      "DELETE FROM read.samples WHERE amount = 2"}) {
            changed.push_back(session.execute(statement).value());
        }
        return domain::Done{};
    }));
    EXPECT_EQ(changed, (std::vector<std::int64_t>{2, 0, 1}));
}

TEST_P(StoreValues, a_written_row_may_refuse_ignore_replace_or_add_to_the_one_that_is_there) {
    const auto write_labelled = [&](OnConflict on_conflict, std::int64_t amount,
                                    const char* label) {
        auto row = total_row(1, 5, amount);
        row[5] = std::string(label);
        return write(totals, on_conflict, {row.begin(), row.end()});
    };
    const auto expect = [&](std::int64_t amount, std::int64_t count, std::string_view label) {
        const Rows rows = ask("SELECT amount, count, label FROM read.totals");
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows.integer(0, 0), amount);
        EXPECT_EQ(rows.integer(0, 1), count);
        EXPECT_EQ(rows.text(0, 2), label);
    };
    ASSERT_DONE(write_labelled(OnConflict::fail, 100, "first"));
    EXPECT_EQ(kind_of(write_labelled(OnConflict::fail, 7, "second")), sql::ErrorKind::conflict);
    expect(100, 1, "first");
    ASSERT_DONE(write_labelled(OnConflict::ignore, 7, "third"));
    expect(100, 1, "first");
    ASSERT_DONE(write_labelled(OnConflict::add, -30, "fourth"));
    expect(70, 2, "first");
    ASSERT_DONE(write_labelled(OnConflict::replace, 9, "fifth"));
    expect(9, 1, "fifth");
}

TEST_P(StoreValues, five_thousand_rows_go_in_one_write_and_are_found_by_their_keys) {
    constexpr int rows_total = 5000;
    std::vector<Value> cells;
    std::vector<Value> keys;
    for (int n = 0; n < rows_total; ++n) {
        auto row = sample(n);
        row[3] = "note " + std::to_string(n);
        cells.insert(cells.end(), row.begin(), row.end());
        keys.insert(keys.end(), {id(1), id(2 * n)});  // every second key is absent
    }
    ASSERT_DONE(write(samples, OnConflict::fail, cells));
    ASSERT_DONE(write(samples, OnConflict::replace, cells));
    const Rows sum = ask("SELECT count(*), CAST(sum(amount) AS bigint) FROM read.samples");
    EXPECT_EQ(sum.integer(0, 0), rows_total);
    EXPECT_EQ(sum.integer(0, 1), rows_total * (rows_total - 1) / 2);
    Rows found;
    ASSERT_DONE(find(samples, {"amount", "note"}, keys, found));
    ASSERT_EQ(found.size(), static_cast<std::size_t>(rows_total / 2));
    std::set<std::int64_t> amounts;
    for (std::size_t row = 0; row < found.size(); ++row) {
        amounts.insert(found.integer(row, 0));
        EXPECT_EQ(found.text(row, 1), "note " + std::to_string(found.integer(row, 0)));
    }
    EXPECT_EQ(amounts.size(), found.size());
}

TEST_P(StoreValues, rows_of_a_megabyte_each_go_in_one_write) {
    std::vector<Value> cells;
    for (int n = 0; n < 5; ++n) {
        auto row = sample(n);
        row[7] = std::string(1'000'000, static_cast<char>('a' + n));
        cells.insert(cells.end(), row.begin(), row.end());
    }
    ASSERT_DONE(write(samples, OnConflict::fail, cells));
    const Rows rows = ask("SELECT raw FROM read.samples ORDER BY amount");
    ASSERT_EQ(rows.size(), 5U);
    for (std::size_t row = 0; row < rows.size(); ++row)
        EXPECT_EQ(rows.text(row, 0), std::get<std::string>(cells[row * 8 + 7]));
}

TEST_P(StoreValues, rows_are_found_by_the_whole_key_once_each_and_in_the_columns_asked_for) {
    std::vector<Value> cells;
    for (int day = 0; day < 3; ++day) {
        for (int workspace = 1; workspace <= 2; ++workspace) {
            const auto row = total_row(workspace, day, workspace * 100 + day);
            cells.insert(cells.end(), row.begin(), row.end());
        }
    }
    ASSERT_DONE(write(totals, OnConflict::fail, cells));
    const auto there = total_row(2, 1, 0);
    const auto absent = total_row(2, 9, 0);
    std::vector<Value> keys;
    for (const auto& row : {there, absent, there})
        keys.insert(keys.end(), row.begin(), row.begin() + 3);
    keys.insert(keys.end(), {Null{}, there[1], there[2]});
    Rows found;
    ASSERT_DONE(find(totals, {"amount", "day"}, keys, found));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.integer(0, 0), 201);
    EXPECT_EQ(found.at(0, 1), there[1]);
}

TEST_P(StoreValues, writing_or_finding_nothing_is_nothing) {
    ASSERT_DONE(write(samples, OnConflict::fail, {}));
    Rows found;
    ASSERT_DONE(find(samples, {"id"}, {}, found));
    EXPECT_TRUE(found.empty());
}

constexpr std::array pair_columns{sql::Column{"workspace", sql::Type::uuid},
                                  sql::Column{"id", sql::Type::uuid}};
constexpr sql::Table pairs{"read.samples", pair_columns, 2};

TEST_P(StoreValues, a_table_of_keys_alone_keeps_its_row_on_replace_and_add) {
    const std::vector<Value> row{id(1), id(2)};
    ASSERT_DONE(write(pairs, OnConflict::fail, row));
    ASSERT_DONE(write(pairs, OnConflict::replace, row));
    ASSERT_DONE(write(pairs, OnConflict::add, row));
    EXPECT_EQ(ask("SELECT count(*) FROM read.samples").integer(0, 0), 1);
}

}  // namespace
}  // namespace outlay::tests
