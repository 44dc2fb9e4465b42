// Who may change an expense, and which of its days are closed.
#include "domain/expense/objections.hpp"

#include "domain/workspace/authorise.hpp"

namespace outlay::domain::expense {

using workspace::Action;

Objection authority_objection(const Surroundings& around, const Context& context,
                              const MemberId& owner) {
    const bool own = owner == context.actor.member;
    if (workspace::role_allows(around.role,
                               own ? Action::record_expenses : Action::manage_others)) {
        return std::nullopt;
    }
    return Refusal{RefusalCode::forbidden,
                   own ? "Your role does not allow this."
                       : "Your role does not allow this for expenses of other members.",
                   {}};
}

Objection change_objection(const Expense& expense, const Surroundings& around,
                           const Context& context) {
    if (auto objection = workspace::archived_objection(around.workspace)) return objection;
    if (expense.status == Status::absent) {
        return Refusal{RefusalCode::not_found, "There is no such expense.", {}};
    }
    return authority_objection(around, context, expense.member);
}

Objection closed_objection(const Surroundings& around, Date day, std::string_view pointer) {
    if (!around.workspace.is_closed(day)) return std::nullopt;
    return refusal_at(RefusalCode::period_closed, std::string(pointer),
                      day.text() + " lies in a closed period; everything up to " +
                          around.workspace.closed_through->text() + " is closed.");
}

Objection closed_refund_objection(const Expense& expense, const Refund& refund,
                                  const Surroundings& around) {
    const auto day = expense.counting_day(refund);
    if (!refund.stands || !around.workspace.is_closed(day)) return std::nullopt;
    return Refusal{RefusalCode::period_closed,
                   "A refund of the expense counts on " + day.text() +
                       ", in a closed period; everything up to " +
                       around.workspace.closed_through->text() + " is closed.",
                   {}};
}

Objection closed_refunds_objection(const Expense& expense, const Surroundings& around) {
    for (const auto& refund : expense.refunds) {
        if (auto objection = closed_refund_objection(expense, refund, around)) return objection;
    }
    return std::nullopt;
}

Objection closed_days_objection(const Expense& expense, const Surroundings& around) {
    if (auto objection = closed_objection(around, expense.spent_on)) return objection;
    return closed_refunds_objection(expense, around);
}

}  // namespace outlay::domain::expense
