// The state of one expense. Values; any thread.
#pragma once

#include <string_view>

#include "domain/expense/events.hpp"

namespace outlay::domain::expense {

enum class Status { absent, recorded, voided };

// Money that came back for an expense.
struct Refund {
    RefundId id;
    Money amount;  // in the currency that the expense had
    Date received_on;
    CountsIn counts_in = CountsIn::received;
    std::optional<FreeText> reason;
    MemberId created_by;
    Instant created_at;
    bool stands = true;  // until it is taken back
    bool operator==(const Refund&) const = default;
};

// "received" or "original".
std::string_view name_of(CountsIn counts_in);

struct Expense {
    Status status = Status::absent;
    std::optional<Money> amount;  // set once recorded
    Date spent_on;
    std::optional<CategoryId> category;
    MemberId member;
    std::optional<std::string> merchant;
    std::optional<FreeText> note;
    std::vector<std::string> tags;
    std::vector<Refund> refunds;  // in the order in which they were recorded
    MemberId created_by;
    Instant created_at;
    Instant updated_at;
    bool operator==(const Expense&) const = default;

    bool counts() const { return status == Status::recorded; }  // as spent
    // What came back for it and was not taken back, in minor units.
    std::int64_t refunded_minor() const;
    // On which day a refund of it counts, while it stands and the expense counts.
    Date counting_day(const Refund& refund) const;
};

void evolve(Expense& state, const Event& event, const EventMeta& meta);

}  // namespace outlay::domain::expense
