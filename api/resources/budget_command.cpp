// The answer of every command about a budget: the budget as of the time of its commit.
#include "api/resources/budget_command.hpp"

namespace outlay::api {

std::string render_budget(const journal::Versioned& target, const std::string& aggregate,
                          const domain::CommandId&) {
    const auto id = domain::BudgetId::parse(aggregate);
    CHECK(id.has_value(), "a budget command about something else");
    const auto& budget = std::get<domain::budget::Budget>(target.state);
    return budget_body(*id, target, budget.updated_at);
}

}  // namespace outlay::api
