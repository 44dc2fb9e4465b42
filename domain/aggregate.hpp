// All aggregates of the domain as one closed family: which kinds there are, how an aggregate is
// named inside its workspace, and how any event changes any state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "domain/budget/state.hpp"
#include "domain/categories/state.hpp"
#include "domain/channel/state.hpp"
#include "domain/expense/state.hpp"
#include "domain/workspace/state.hpp"

namespace outlay::domain {

using Event = std::variant<workspace::Event, categories::Event, expense::Event, budget::Event,
                           channel::Event>;
using State = std::variant<workspace::Workspace, categories::Tree, expense::Expense, budget::Budget,
                           channel::Channel>;

enum class AggregateKind {
    workspace,
    categories,
    expense,
    budget,
    channel
};  // in the order of State and Event

// The name of an aggregate inside its workspace: "workspace", "categories", "exp_...", "bud_...",
// "chn_...".
using AggregateName = std::string;
inline constexpr std::string_view workspace_name = "workspace";
inline constexpr std::string_view categories_name = "categories";
std::optional<AggregateKind> kind_of(std::string_view aggregate);

State initial_state(AggregateKind kind);
// CHECKs that event and state are of one kind.
void evolve(State& state, const Event& event, const EventMeta& meta);

}  // namespace outlay::domain
