// One switchboard over the aggregates: names, first states, and evolving any state by its events.
#include "domain/aggregate.hpp"

#include "domain/values/check.hpp"

namespace outlay::domain {

std::optional<AggregateKind> kind_of(std::string_view aggregate) {
    if (aggregate == workspace_name) return AggregateKind::workspace;
    if (aggregate == categories_name) return AggregateKind::categories;
    if (ExpenseId::parse(aggregate)) return AggregateKind::expense;
    if (BudgetId::parse(aggregate)) return AggregateKind::budget;
    if (ChannelId::parse(aggregate)) return AggregateKind::channel;
    return std::nullopt;
}

State initial_state(AggregateKind kind) {
    switch (kind) {
        case AggregateKind::workspace:
            return workspace::Workspace{};
        case AggregateKind::categories:
            return categories::Tree{};
        case AggregateKind::expense:
            return expense::Expense{};
        case AggregateKind::budget:
            return budget::Budget{};
        case AggregateKind::channel:
            return channel::Channel{};
    }
    CHECK(false, "an aggregate kind outside its enumeration");
    return {};
}

void evolve(State& state, const Event& event, const EventMeta& meta) {
    CHECK(state.index() == event.index(), "an event of one kind for a state of another");
    switch (static_cast<AggregateKind>(state.index())) {
        case AggregateKind::workspace:
            return workspace::evolve(std::get<workspace::Workspace>(state),
                                     std::get<workspace::Event>(event), meta);
        case AggregateKind::categories:
            return categories::evolve(std::get<categories::Tree>(state),
                                      std::get<categories::Event>(event), meta);
        case AggregateKind::expense:
            return expense::evolve(std::get<expense::Expense>(state),
                                   std::get<expense::Event>(event), meta);
        case AggregateKind::budget:
            return budget::evolve(std::get<budget::Budget>(state), std::get<budget::Event>(event),
                                  meta);
        case AggregateKind::channel:
            return channel::evolve(std::get<channel::Channel>(state),
                                   std::get<channel::Event>(event), meta);
    }
}

}  // namespace outlay::domain
