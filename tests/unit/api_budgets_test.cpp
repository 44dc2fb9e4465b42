// Promise: a budget is shown as muted only while it is, and a command about it rests on the
// category tree only if it looks at it.
#include <gtest/gtest.h>

#include "api/resources/budget_command.hpp"

namespace outlay::api {
namespace {

using namespace domain::budget;

constexpr domain::Instant made{1'795'000'000'000'000};
constexpr domain::Instant muted_until{made.micros + 3'000'000};

journal::Versioned muted_budget() {
    Budget budget;
    const domain::Money limit{1000, *domain::Currency::parse("EUR")};
    domain::EventMeta meta{};
    meta.decided_at = made;
    evolve(budget, BudgetCreated{.name = "Food", .limit = limit, .period = {}, .today = {}}, meta);
    evolve(budget, BudgetMuted{muted_until}, meta);
    journal::Versioned target;
    target.state = budget;
    target.head.version = 2;
    return target;
}

std::string shown_at(std::int64_t micros) {
    const auto body = budget_body({}, muted_budget(), {domain::Instant{micros}, {}});
    return body.substr(body.find("\"muted\":"),
                       body.find("\"created_at\"") - body.find("\"muted\":"));
}

TEST(ShownBudgets, are_muted_until_the_time_has_come) {
    EXPECT_EQ(shown_at(muted_until.micros - 1),
              "\"muted\":true,\"muted_until\":\"" + muted_until.text() + "\",");
    EXPECT_EQ(shown_at(muted_until.micros), "\"muted\":false,\"muted_until\":null,");
}

TEST(ShownBudgets, are_shown_by_a_command_as_they_were_at_its_commit) {
    const auto body = render_budget(muted_budget(), domain::BudgetId{}.text(), {});
    EXPECT_NE(body.find("\"muted\":true"), std::string::npos) << body;
}

template <typename Command>
bool reads_categories(Command command) {
    return budget_spec({}, domain::BudgetId{}, std::move(command), "").reads_categories;
}

TEST(BudgetCommands, read_the_categories_if_they_look_at_them) {
    EXPECT_TRUE(reads_categories(EditBudget{}));
    EXPECT_FALSE(reads_categories(PauseBudget{}));
    EXPECT_FALSE(reads_categories(MuteBudget{}));
    EXPECT_FALSE(reads_categories(ArchiveBudget{}));
}

}  // namespace
}  // namespace outlay::api
