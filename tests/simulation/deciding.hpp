// How wishes are decided, as the API's resources do it: the power is asked for first, then the
// rules of the aggregate. Values; any thread.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "domain/budget/decide.hpp"
#include "domain/categories/decide.hpp"
#include "domain/expense/decide.hpp"
#include "domain/workspace/authorise.hpp"
#include "domain/workspace/decide.hpp"
#include "journal/submit.hpp"

namespace outlay::simulation {

using domain::workspace::Action;
using journal::Loaded;
using journal::Proposed;
using Decided = domain::Decision<std::vector<Proposed>>;

template <typename Event>
Decided propose(const std::string& target, domain::Decision<std::vector<Event>> decision) {
    if (!decision.ok()) return domain::Fail{decision.error()};
    std::vector<Proposed> proposed;
    for (auto& event : *decision) proposed.push_back({target, domain::Event(std::move(event))});
    return proposed;
}

// Asks for the power first, then decides by `rule(loaded, context, role)`.
template <typename Rule>
journal::Decide decide_as(Action action, std::string target, Rule rule) {
    return [action, target = std::move(target), rule = std::move(rule)](
               const Loaded& loaded, const domain::Context& context) -> Decided {
        const auto role = domain::workspace::authorise(loaded.workspace, context.actor, action);
        if (!role.ok()) return domain::Fail{role.error()};
        return propose(target, rule(loaded, context, *role));
    };
}

template <typename Command>
journal::Decide decide_expense(const std::string& target, Command wish) {
    return decide_as(Action::record_expenses, target,
                     [wish = std::move(wish)](const Loaded& loaded, const domain::Context& context,
                                              domain::Role role) {
                         return decide(std::get<domain::expense::Expense>(loaded.target), wish,
                                       {loaded.workspace, &loaded.categories, role}, context);
                     });
}

template <typename Command>
journal::Decide decide_categories(Command wish) {
    return decide_as(Action::manage_categories, std::string(domain::categories_name),
                     [wish = std::move(wish)](const Loaded& loaded, const domain::Context& context,
                                              domain::Role) {
                         return decide(std::get<domain::categories::Tree>(loaded.target), wish,
                                       context);
                     });
}

template <typename Command>
journal::Decide decide_budget(const std::string& target, Command wish) {
    return decide_as(Action::manage_budgets, target,
                     [wish = std::move(wish)](const Loaded& loaded, const domain::Context& context,
                                              domain::Role) {
                         const auto& budget = std::get<domain::budget::Budget>(loaded.target);
                         const domain::budget::Surroundings around{loaded.workspace,
                                                                   loaded.categories};
                         if constexpr (requires { decide(budget, wish, around, context); }) {
                             return decide(budget, wish, around, context);
                         } else {
                             return decide(budget, wish, context);
                         }
                     });
}

template <typename Command>
journal::Decide decide_workspace(Command wish) {
    return decide_as(
        Action::manage_members, std::string(domain::workspace_name),
        [wish = std::move(wish)](const Loaded& loaded, const domain::Context& context,
                                 domain::Role) { return decide(loaded.workspace, wish, context); });
}

// The member id of a user is known once the workspace is loaded.
template <typename Command>
journal::Decide decide_about_user(domain::UserId user, Command wish) {
    return decide_as(
        Action::manage_members, std::string(domain::workspace_name),
        [user, wish](const Loaded& loaded, const domain::Context& context, domain::Role) {
            Command about = wish;
            loaded.workspace.member_of_user(user, &about.member);
            return decide(loaded.workspace, about, context);
        });
}

inline domain::Currency currency(std::string_view code) {
    return *domain::Currency::parse(code);
}

}  // namespace outlay::simulation
