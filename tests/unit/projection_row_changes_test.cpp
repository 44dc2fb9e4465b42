// Promise: row changes come to the same rows as one statement after the other would, however many
// of them are written at once.
#include "workers/row_changes.hpp"

#include "api/resources/expense_filter.hpp"
#include "tests/unit/projector_world.hpp"
#include "workers/projections/expenses.hpp"
#include "workers/projections/spending.hpp"

namespace outlay::tests {
namespace {

using workers::cell;
using workers::Row;
using workers::RowChanges;

const auto& tags = workers::expenses::tags_table;
const auto& sums = workers::spending::merchants_table;
const domain::Uuid here{};

Row sum_row(std::string_view merchant, std::int64_t amount) {
    return {cell(here), cell("2026-11-20"), cell(merchant), cell("EUR"), amount, std::int64_t{1}};
}
Row sum_key(std::string_view merchant) {
    return {cell(here), cell("2026-11-20"), cell(merchant), cell("EUR")};
}
constexpr std::size_t amount_column = 4;

class RowChangesTest : public testing::Test {
protected:
    std::string flush(RowChanges& changes) {
        const auto done =
            files_.store().transact({sql::Access::project, std::nullopt},
                                    [&](sql::Session& session) { return changes.flush(session); });
        return done.ok() ? "" : done.error().detail;
    }
    Lines amounts() {
        return rows_of(files_.store(),
                       "SELECT merchant, amount_minor, expense_count FROM read.spending_merchants");
    }
    SqliteProjectorStore files_;
};

TEST_F(RowChangesTest, the_last_row_of_a_key_wins) {
    RowChanges changes;
    changes.put(sums, sum_row("a", 1));
    changes.put(sums, sum_row("a", 2));
    EXPECT_EQ(flush(changes), "");
    changes.put(sums, sum_row("a", 3));
    EXPECT_EQ(flush(changes), "");
    EXPECT_EQ(amounts(), Lines{"a|3|1"});
}

TEST_F(RowChangesTest, a_removed_row_is_gone_and_can_come_back) {
    RowChanges changes;
    changes.put(tags, {cell(here), cell("x"), cell(here)});
    changes.remove(tags, {cell(here), cell("x"), cell(here)});
    EXPECT_EQ(flush(changes), "");
    EXPECT_EQ(rows_of(files_.store(), "SELECT tag FROM read.expense_tags"), Lines{});
    changes.put(tags, {cell(here), cell("x"), cell(here)});
    EXPECT_EQ(flush(changes), "");
    changes.remove(tags, {cell(here), cell("x"), cell(here)});
    EXPECT_EQ(flush(changes), "");
    EXPECT_EQ(rows_of(files_.store(), "SELECT tag FROM read.expense_tags"), Lines{});
}

TEST_F(RowChangesTest, sums_add_up_within_and_across_batches) {
    RowChanges changes;
    changes.add(sums, sum_row("a", 5));
    changes.add(sums, sum_row("a", -2));
    EXPECT_EQ(flush(changes), "");
    changes.add(sums, sum_row("a", 10));
    EXPECT_EQ(flush(changes), "");
    EXPECT_EQ(amounts(), Lines{"a|13|3"});
}

TEST_F(RowChangesTest, a_sum_beyond_64_bits_is_an_error) {
    RowChanges changes;
    changes.add(sums, sum_row("a", INT64_MAX));
    changes.add(sums, sum_row("a", 1));
    EXPECT_NE(flush(changes), "");
    EXPECT_EQ(amounts(), Lines{});
}

TEST_F(RowChangesTest, a_patch_changes_a_pending_row_and_a_stored_one) {
    RowChanges changes;
    changes.put(sums, sum_row("a", 1));
    changes.patch(sums, sum_key("a"), amount_column, cell(std::int64_t{7}));
    changes.patch(sums, sum_key("nobody"), amount_column, cell(std::int64_t{7}));
    EXPECT_EQ(flush(changes), "");
    EXPECT_EQ(amounts(), Lines{"a|7|1"});
    changes.patch(sums, sum_key("a"), amount_column, cell(std::int64_t{8}));
    EXPECT_EQ(flush(changes), "");
    EXPECT_EQ(amounts(), Lines{"a|8|1"});
    changes.patch(sums, sum_key("a"), amount_column, cell(std::int64_t{9}));
    changes.put(sums, sum_row("a", 10));
    EXPECT_EQ(flush(changes), "");
    EXPECT_EQ(amounts(), Lines{"a|10|1"});
}

TEST_F(RowChangesTest, an_offered_row_leaves_an_existing_one_alone_and_an_appended_one_fails) {
    RowChanges changes;
    changes.offer(sums, sum_row("a", 1));
    EXPECT_EQ(flush(changes), "");
    changes.offer(sums, sum_row("a", 2));
    EXPECT_EQ(flush(changes), "");
    EXPECT_EQ(amounts(), Lines{"a|1|1"});
    changes.append(sums, sum_row("a", 3));
    EXPECT_NE(flush(changes), "");
    EXPECT_EQ(amounts(), Lines{"a|1|1"});
}

TEST_F(RowChangesTest, a_created_row_may_change_until_it_is_written_and_may_not_exist_yet) {
    RowChanges changes;
    changes.create(sums, sum_row("changed", 1));
    changes.create(sums, sum_row("gone", 2));
    changes.put(sums, sum_row("changed", 3));
    changes.remove(sums, sum_key("gone"));
    changes.put(sums, sum_row("other", 4));
    EXPECT_EQ(flush(changes), "");
    EXPECT_EQ(amounts(), (Lines{"changed|3|1", "other|4|1"}));
    changes.create(sums, sum_row("other", 5));
    EXPECT_NE(flush(changes), "");
    EXPECT_EQ(amounts(), (Lines{"changed|3|1", "other|4|1"}));
}

TEST(Cells, instants_have_one_width_so_that_text_order_is_time_order) {
    EXPECT_EQ(cell(domain::Instant{1'000'000}), sql::Value{"1970-01-01T00:00:01.000000Z"});
    EXPECT_EQ(cell(domain::Instant{1'000'001}), sql::Value{"1970-01-01T00:00:01.000001Z"});
    // Who asks writes times as those who wrote the rows, and text order is the order of times.
    EXPECT_EQ(cell(domain::Instant{1'000'000}), sql::Value{api::stored_instant({1'000'000})});
    EXPECT_LT(api::stored_instant({1'999'999}), api::stored_instant({2'000'000}));
}

TEST(Cells, days_outside_the_years_of_people_are_read_back) {
    EXPECT_EQ(workers::day_of("1899-12-15").text(), "1899-12-15");
    EXPECT_EQ(workers::day_of("10000-01-14").text(), "10000-01-14");
}

TEST(Cells, harmless_text_has_no_nul_and_ends_on_a_character) {
    EXPECT_EQ(workers::harmless(std::string_view("a\0b", 3)), "ab");
    std::string text;
    for (int i = 0; i < 300; ++i) text += "\xc3\xa9";  // two bytes each
    EXPECT_EQ(workers::harmless("x" + text).size(), 499U);
}

}  // namespace
}  // namespace outlay::tests
