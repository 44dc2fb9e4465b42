// The answer of every command about a budget: the budget.
#include "api/resources/budget_command.hpp"

namespace outlay::api {

std::string render_budget(const journal::Versioned& target, const std::string& aggregate,
                          const domain::CommandId&) {
    const auto id = domain::BudgetId::parse(aggregate);
    CHECK(id.has_value(), "a budget command about something else");
    return budget_body(*id, target);
}

}  // namespace outlay::api
