// Promise: an expense counts for a budget exactly if it is spent, in scope and in the budget's
// currency; and thresholds are reached without rounding or overflow.
#include "domain/budget/spending.hpp"

#include <limits>

#include "tests/domain/decider_spec.hpp"

namespace outlay::domain::budget {
namespace {

using namespace spec;

const CategoryId food = id<CategoryId>(1);
const CategoryId fruit = id<CategoryId>(2);  // below food
const CategoryId travel = id<CategoryId>(3);

categories::Tree tree() {
    using namespace categories;
    return Given<Tree, categories::Event>({CategoryCreated{food, "Food", std::nullopt},
                                           CategoryCreated{fruit, "Fruit", food},
                                           CategoryCreated{travel, "Travel", std::nullopt}})
        .state();
}

expense::Expense apples() {
    expense::Expense expense;
    expense.status = expense::Status::recorded;
    expense.amount = money(300);
    expense.spent_on = today;
    expense.category = fruit;
    expense.member = member;
    expense.merchant = "Market";
    expense.tags = {"fresh", "home"};
    return expense;
}

TEST(Scope, matches_every_list_that_is_not_empty) {
    struct Row {
        const char* what;
        bool matches;
        Scope scope;
    };
    const std::vector<Row> rows{
        {"all spending", true, {}},
        {"the category", true, {.categories = {fruit}}},
        {"a category above", true, {.categories = {food}}},
        {"another category", false, {.categories = {travel}}},
        {"one of several categories", true, {.categories = {food, travel}}},
        {"an unknown category", false, {.categories = {id<CategoryId>(99)}}},
        {"the member", true, {.members = {member}}},
        {"another member", false, {.members = {admin, owner}}},
        {"the merchant", true, {.merchants = {"Fair", "Market"}}},
        {"the merchant in another spelling", false, {.merchants = {"market"}}},
        {"any of the tags", true, {.tags = {"away", "home"}}},
        {"none of the tags", false, {.tags = {"away"}}},
        {"all lists match", true, {{food}, {member}, {"Market"}, {"home"}}},
        {"one list does not match", false, {{food}, {member}, {"Market"}, {"away"}}},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(in_scope(row.scope, apples(), tree()), row.matches) << row.what;
    }
}

TEST(Scope, needs_what_it_names) {
    expense::Expense bare;
    bare.status = expense::Status::recorded;
    bare.amount = money(1);
    bare.member = member;
    EXPECT_TRUE(in_scope({}, bare, tree()));
    EXPECT_FALSE(in_scope({.categories = {food}}, bare, tree()));
    EXPECT_FALSE(in_scope({.merchants = {""}}, bare, tree()));
    EXPECT_FALSE(in_scope({.tags = {"x"}}, bare, tree()));
}

TEST(Spending, counts_recorded_expenses_of_the_budgets_currency) {
    Budget budget;
    budget.currency = currency("EUR");
    budget.scope = Scope{.categories = {food}};
    EXPECT_TRUE(!counted(budget, apples(), tree()).empty());

    expense::Expense foreign = apples();
    foreign.amount = money(300, "INR");
    EXPECT_FALSE(!counted(budget, foreign, tree()).empty());
    EXPECT_TRUE(in_scope(budget.scope, foreign, tree()));

    expense::Expense voided = apples();
    voided.status = expense::Status::voided;
    EXPECT_FALSE(!counted(budget, voided, tree()).empty());
    EXPECT_FALSE(in_scope(budget.scope, voided, tree()));
    EXPECT_FALSE(!counted(budget, expense::Expense{}, tree()).empty());
}

TEST(Thresholds, are_reached_at_their_exact_point) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    struct Row {
        bool reached;
        Threshold threshold;
        std::int64_t spent;
        std::int64_t limit;
    };
    const auto percent = [](int value) { return Threshold{{}, value, std::nullopt}; };
    const auto amount = [](std::int64_t value) { return Threshold{{}, std::nullopt, value}; };
    const std::vector<Row> rows{
        {false, percent(80), 799, 1000},  {true, percent(80), 800, 1000},
        {false, percent(33), 32, 99},     {true, percent(33), 33, 99},
        {true, percent(1000), 100, 10},   {false, percent(1000), 99, 10},
        {false, percent(100), 0, 0},      {true, percent(100), 1, 0},
        {false, percent(1), -5, -1000},   {false, amount(500), 499, 0},
        {true, amount(500), 500, 0},      {false, amount(500), -500, 0},
        {true, percent(100), most, most}, {false, percent(1000), most, most},
        {true, percent(1), most, most},   {false, percent(100), most - 1, most},
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto state = state_of(rows[i].threshold, rows[i].spent, rows[i].limit);
        EXPECT_EQ(state != UsageState::within, rows[i].reached) << i;
    }
}

TEST(Threshold, is_reached_when_equal_and_exceeded_above) {
    const Threshold half{id<ThresholdId>(1), 50, {}};
    EXPECT_EQ(state_of(half, 499, 1000), UsageState::within);
    EXPECT_EQ(state_of(half, 500, 1000), UsageState::reached);
    EXPECT_EQ(state_of(half, 501, 1000), UsageState::exceeded);
    EXPECT_EQ(state_of(half, 500, 999), UsageState::exceeded);
    const Threshold amount{id<ThresholdId>(1), {}, 700};
    EXPECT_EQ(state_of(amount, 700, 0), UsageState::reached);
    EXPECT_EQ(state_of(amount, 701, 0), UsageState::exceeded);
}

TEST(Forecast, is_the_run_rate_to_the_end_of_the_period) {
    const Period november{day("2026-11-01"), day("2026-11-30")};
    const auto most = std::numeric_limits<std::int64_t>::max();
    struct Row {
        std::int64_t spent;
        std::string_view as_of;
        std::int64_t projected;
    };
    const Row rows[] = {
        {100, "2026-10-31", 100}, {100, "2026-11-01", 3000},  {100, "2026-11-15", 200},
        {100, "2026-11-07", 429}, {7, "2026-11-20", 11},      {1, "2026-11-29", 1},
        {100, "2026-11-30", 100}, {100, "2027-01-01", 100},   {0, "2026-11-01", 0},
        {-50, "2026-11-01", -50}, {most, "2026-11-02", most},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(projected_minor(row.spent, november, day(row.as_of)), row.projected)
            << row.spent << " as of " << row.as_of;
    }
    const Threshold actual{id<ThresholdId>(1), 50, {}};
    const Threshold forecast{id<ThresholdId>(1), 50, {}, Basis::forecast};
    EXPECT_EQ(watched_minor(actual, 100, november, day("2026-11-15")), 100);
    EXPECT_EQ(watched_minor(forecast, 100, november, day("2026-11-15")), 200);
}

TEST(Usage, is_within_at_or_above_the_limit) {
    EXPECT_EQ(usage_state(99, 100), UsageState::within);
    EXPECT_EQ(usage_state(100, 100), UsageState::reached);
    EXPECT_EQ(usage_state(101, 100), UsageState::exceeded);
    EXPECT_EQ(usage_state(0, 0), UsageState::within);
    EXPECT_EQ(usage_state(1, 0), UsageState::exceeded);
    EXPECT_EQ(usage_state(-1, 0), UsageState::within);
}

}  // namespace
}  // namespace outlay::domain::budget
