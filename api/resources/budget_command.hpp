// Commands about one budget as CommandSpecs: asks for the power to manage budgets, decides, and
// answers with the budget. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/resources/budget_view.hpp"
#include "api/resources/call.hpp"
#include "domain/workspace/authorise.hpp"

namespace outlay::api {

std::string render_budget(const journal::Versioned& target, const std::string& aggregate,
                          const domain::CommandId&);

// Creations and edits look around; the other commands look at their budget alone.
template <typename Command>
concept LooksAround =
    requires(const domain::budget::Budget& budget, const Command& command,
             const domain::budget::Surroundings& around,
             const domain::Context& context) { decide(budget, command, around, context); };

template <typename Command>
domain::Decision<domain::budget::Events> decide_budget(const journal::Loaded& loaded,
                                                       const domain::Context& context,
                                                       const Command& command) {
    const auto& budget = std::get<domain::budget::Budget>(loaded.target);
    if constexpr (LooksAround<Command>) {
        const domain::budget::Surroundings around{loaded.workspace, loaded.categories};
        return decide(budget, command, around, context);
    } else {
        return decide(budget, command, context);
    }
}

// Without an id: a new budget.
template <typename Command>
CommandSpec budget_spec(const domain::WorkspaceId& workspace, std::optional<domain::BudgetId> id,
                        Command command, std::string canonical_body) {
    CommandSpec spec;
    spec.workspace = workspace;
    const auto name = [id](const domain::CommandId& command_id) {
        return (id ? *id : domain::BudgetId{journal::derived_id(command_id, 0)}).text();
    };
    spec.target = name;
    spec.target_is_new = !id;
    spec.reads_categories = LooksAround<Command>;
    spec.canonical_body = std::move(canonical_body);
    spec.decide =
        [name, command = std::move(command)](
            const journal::Loaded& loaded,
            const domain::Context& context) -> domain::Decision<std::vector<journal::Proposed>> {
        const auto role = domain::workspace::authorise(loaded.workspace, context.actor,
                                                       domain::workspace::Action::manage_budgets);
        if (!role.ok()) return domain::Fail{role.error()};
        return propose(name(context.command), decide_budget(loaded, context, command));
    };
    spec.render = render_budget;
    return spec;
}

}  // namespace outlay::api
