// Promise: every aggregate has one name and one kind, and events reach the state of their own kind
// only.
#include "domain/aggregate.hpp"

#include "tests/domain/household.hpp"

namespace outlay::domain {
namespace {

using namespace spec;

TEST(Aggregates, are_known_by_their_names) {
    EXPECT_EQ(kind_of("workspace"), AggregateKind::workspace);
    EXPECT_EQ(kind_of("categories"), AggregateKind::categories);
    EXPECT_EQ(kind_of(id<ExpenseId>(1).text()), AggregateKind::expense);
    EXPECT_EQ(kind_of(id<BudgetId>(1).text()), AggregateKind::budget);
    EXPECT_EQ(kind_of(id<ChannelId>(1).text()), AggregateKind::channel);
    for (const std::string& name : {std::string(), std::string("Workspace"), std::string("exp_"),
                                    id<CategoryId>(1).text(), id<ExpenseId>(1).text() + "0"}) {
        EXPECT_EQ(kind_of(name), std::nullopt) << name;
    }
}

TEST(Aggregates, start_empty_and_of_their_kind) {
    EXPECT_EQ(initial_state(AggregateKind::workspace), State{workspace::Workspace{}});
    EXPECT_EQ(initial_state(AggregateKind::categories), State{categories::Tree{}});
    EXPECT_EQ(initial_state(AggregateKind::expense), State{expense::Expense{}});
    EXPECT_EQ(initial_state(AggregateKind::budget), State{budget::Budget{}});
    EXPECT_EQ(initial_state(AggregateKind::channel), State{channel::Channel{}});
}

TEST(Aggregates, evolve_by_events_of_their_kind) {
    State state = initial_state(AggregateKind::workspace);
    evolve(state, Event{household().front()}, meta_of(1, owner));
    EXPECT_EQ(std::get<workspace::Workspace>(state).name, "Home");

    state = initial_state(AggregateKind::categories);
    const categories::Event created =
        categories::CategoryCreated{id<CategoryId>(1), "Food", std::nullopt};
    evolve(state, Event{created}, meta_of(1, owner));
    EXPECT_EQ(std::get<categories::Tree>(state).categories.size(), 1U);

    state = initial_state(AggregateKind::expense);
    const expense::Event recorded =
        expense::ExpenseRecorded{money(1), today, {}, member, {}, {}, {}};
    evolve(state, Event{recorded}, meta_of(1, owner));
    EXPECT_TRUE(std::get<expense::Expense>(state).counts());

    state = initial_state(AggregateKind::budget);
    const budget::Event budgeted = budget::BudgetCreated{
        "Food", {}, money(1), {budget::Unit::month, 1, day("2015-01-01")}, {}, today};
    evolve(state, Event{budgeted}, meta_of(1, owner));
    EXPECT_TRUE(std::get<budget::Budget>(state).exists);

    state = initial_state(AggregateKind::channel);
    const channel::Event registered =
        channel::ChannelRegistered{channel::Kind::webhook, "", {"*"}, {}, {}};
    evolve(state, Event{registered}, meta_of(1, owner));
    EXPECT_TRUE(std::get<channel::Channel>(state).exists);
}

TEST(AggregatesDeathTest, refuse_an_event_of_another_kind) {
    State state = initial_state(AggregateKind::expense);
    EXPECT_DEATH(evolve(state, Event{household().front()}, meta_of(1, owner)), "event of one kind");
}

}  // namespace
}  // namespace outlay::domain
