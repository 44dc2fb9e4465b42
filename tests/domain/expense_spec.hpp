// Decisions about an expense of the household: given(events).by(somebody).when(command), decided
// with the role that the household gives.
#pragma once

#include "domain/expense/decide.hpp"
#include "tests/domain/household.hpp"

namespace outlay::domain::spec {

class HouseholdExpense : public testing::Test {
protected:
    struct Asked {
        const HouseholdExpense& test;
        Given<expense::Expense, expense::Event> given;
        MemberId actor = spec::member;

        Asked& by(const MemberId& somebody) {
            actor = somebody;
            given.by(somebody);
            return *this;
        }
        template <typename Command>
        Outcome<expense::Event> when(const Command& command) {
            given.by(actor);
            const Role role = test.workspace_.member(actor)->role;
            return given.when(command, expense::Surroundings{test.workspace_, &test.tree_, role});
        }
    };
    Asked given(const std::vector<expense::Event>& events) const {
        return {*this, Given<expense::Expense, expense::Event>(events)};
    }
    // Everything up to and including the day is closed.
    void close(std::string_view through) {
        evolve(workspace_, workspace::PeriodClosed{day(through)}, meta_of(9, owner));
    }

    workspace::Workspace workspace_ = given_household().state();
    categories::Tree tree_;
};

}  // namespace outlay::domain::spec
