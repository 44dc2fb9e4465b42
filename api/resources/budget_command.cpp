// The answer of every command about a budget: the budget as of the time of its commit.
#include "api/resources/budget_command.hpp"

#include <algorithm>
#include <chrono>

namespace outlay::api {

namespace {

// Most changes tell the local day. Others are at least as late as the day before their day in UTC,
// which no zone is behind by more.
Moment moment_of(const domain::budget::Budget& budget) {
    const auto at = budget.updated_at;
    const std::chrono::sys_time<std::chrono::microseconds> passed{
        std::chrono::microseconds{at.micros}};
    const domain::Date utc_day{std::chrono::floor<std::chrono::days>(passed)};
    return {at, std::max(budget.day, utc_day.plus_days(-1))};
}

}  // namespace

std::string render_budget(const journal::Versioned& target, const std::string& aggregate,
                          const domain::CommandId&) {
    const auto id = domain::BudgetId::parse(aggregate);
    CHECK(id.has_value(), "a budget command about something else");
    const auto& budget = std::get<domain::budget::Budget>(target.state);
    return budget_body(*id, target, moment_of(budget));
}

}  // namespace outlay::api
