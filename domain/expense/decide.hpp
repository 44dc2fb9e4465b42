// Commands of an expense and the rules that answer them. Other aggregates are consulted as they
// were when the command was decided; the commit names their versions, so admission proves that they
// still hold.
#pragma once

#include <vector>

#include "domain/categories/state.hpp"
#include "domain/expense/state.hpp"
#include "domain/values/refusal.hpp"
#include "domain/workspace/state.hpp"

namespace outlay::domain::expense {

using Events = std::vector<Event>;

// What the rules look at beside the expense itself.
struct Surroundings {
    const workspace::Workspace& workspace;
    const categories::Tree* categories = nullptr;  // needed only when a category is named
    Role role = Role::viewer;                      // of the actor
};

struct RecordExpense {
    Money amount;
    Date spent_on;
    std::optional<CategoryId> category{};
    std::optional<MemberId> member{};  // default: the actor; another one needs role admin
    std::optional<std::string> merchant{};
    std::optional<FreeText> note{};
    std::vector<std::string> tags{};  // any order, duplicates folded
};
struct AmendExpense {  // unset: unchanged; an inner empty value clears the field
    std::optional<Money> amount{};
    std::optional<Date> spent_on{};
    std::optional<std::optional<CategoryId>> category{};
    std::optional<MemberId> member{};
    std::optional<std::optional<std::string>> merchant{};
    std::optional<std::optional<FreeText>> note{};
    std::optional<std::vector<std::string>> tags{};
};
struct VoidExpense {
    std::optional<FreeText> reason{};
};
struct RestoreExpense {};
struct RefundExpense {
    Money amount;
    Date received_on;
    CountsIn counts_in = CountsIn::received;
    bool force = false;  // above the amount of the expense; takes a reason
    std::optional<FreeText> reason{};
};
struct TakeBackRefund {
    RefundId refund;
    std::optional<FreeText> reason{};
};

// Of one expense, those that were taken back included: its whole state is loaded at once.
inline constexpr std::size_t refunds_max = 100;

// Recording what is recorded already with the same content is a no-op; with other content
// `already_exists`.
Decision<Events> decide(const Expense&, const RecordExpense&, const Surroundings&, const Context&);
Decision<Events> decide(const Expense&, const AmendExpense&, const Surroundings&, const Context&);
Decision<Events> decide(const Expense&, const VoidExpense&, const Surroundings&, const Context&);
Decision<Events> decide(const Expense&, const RestoreExpense&, const Surroundings&, const Context&);
// Each refund is a new one, however alike, but a command makes only one. Taking back what was taken
// back is a no-op.
Decision<Events> decide(const Expense&, const RefundExpense&, const Surroundings&, const Context&);
Decision<Events> decide(const Expense&, const TakeBackRefund&, const Surroundings&, const Context&);

}  // namespace outlay::domain::expense
