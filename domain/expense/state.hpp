// The state of one expense. Values; any thread.
#pragma once

#include "domain/expense/events.hpp"

namespace outlay::domain::expense {

enum class Status { absent, recorded, voided };

struct Expense {
    Status status = Status::absent;
    std::optional<Money> amount;  // set once recorded
    Date spent_on;
    std::optional<CategoryId> category;
    MemberId member;
    std::optional<std::string> merchant;
    std::optional<FreeText> note;
    std::vector<std::string> tags;
    MemberId created_by;
    Instant created_at;
    Instant updated_at;
    bool operator==(const Expense&) const = default;

    bool counts() const { return status == Status::recorded; }  // as spent
};

void evolve(Expense& state, const Event& event, const EventMeta& meta);

}  // namespace outlay::domain::expense
