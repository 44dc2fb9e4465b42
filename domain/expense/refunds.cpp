// Deciders of refunds: money that came back for an expense, in parts or whole, and refunds that are
// taken back.
#include <algorithm>

#include "domain/expense/objections.hpp"
#include "domain/values/field_check.hpp"

namespace outlay::domain::expense {

namespace {

Objection field_objection(const RefundExpense& command) {
    FieldCheck check;
    check.amount("/amount/amount", command.amount.minor, amount_range);
    check.day("/received_on", command.received_on);
    if (command.reason) check.text("/reason", command.reason->value, note_text);
    check.require(!command.force || command.reason, "/reason", "required",
                  "A refund above the amount of its expense takes a reason.");
    return std::move(check).objection();
}

Objection sum_objection(const Expense& expense, const RefundExpense& command) {
    const auto& paid = *expense.amount;
    if (command.amount.currency != paid.currency) {
        return refusal_at(
            RefusalCode::currency_mismatch, "/amount/currency",
            "The expense is in " + std::string(paid.currency.code()) + ", and so are its refunds.");
    }
    if (expense.refunds.size() >= refunds_max) {
        return Refusal{RefusalCode::limit_reached,
                       "An expense takes at most " + std::to_string(refunds_max) + " refunds.",
                       {}};
    }
    const Money refunded{expense.refunded_minor(), paid.currency};
    if (command.force || refunded.minor + command.amount.minor <= paid.minor) return std::nullopt;
    const auto so_far = refunded.minor == 0 ? decimal_text(paid) + " were paid"
                                            : decimal_text(refunded) + " of " + decimal_text(paid) +
                                                  " are refunded already";
    return refusal_at(RefusalCode::refund_exceeds_amount, "/amount/amount",
                      so_far + "; with force and a reason more may come back.");
}

}  // namespace

Decision<Events> decide(const Expense& expense, const RefundExpense& command,
                        const Surroundings& around, const Context& context) {
    if (auto objection = change_objection(expense, around, context)) {
        return Fail{std::move(*objection)};
    }
    if (expense.status == Status::voided) {
        return refuse(RefusalCode::state_conflict, "The expense is voided; restore it first.");
    }
    if (auto objection = field_objection(command)) return Fail{std::move(*objection)};
    const auto id = context.make_id<RefundId>(0);
    if (std::ranges::find(expense.refunds, id, &Refund::id) != expense.refunds.end())
        return Events{};  // by this very command
    if (auto objection = sum_objection(expense, command)) return Fail{std::move(*objection)};
    const bool is_original = command.counts_in == CountsIn::original;
    if (auto objection =
            closed_objection(around, is_original ? expense.spent_on : command.received_on,
                             is_original ? "/counts_in" : "/received_on")) {
        return Fail{std::move(*objection)};
    }
    return Events{ExpenseRefunded{id, command.amount, command.received_on, command.counts_in,
                                  command.reason}};
}

Decision<Events> decide(const Expense& expense, const TakeBackRefund& command,
                        const Surroundings& around, const Context& context) {
    if (auto objection = change_objection(expense, around, context)) {
        return Fail{std::move(*objection)};
    }
    FieldCheck check;
    if (command.reason) check.text("/reason", command.reason->value, note_text);
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};
    const auto found = std::ranges::find(expense.refunds, command.refund, &Refund::id);
    if (found == expense.refunds.end()) {
        return refuse(RefusalCode::not_found, "The expense has no such refund.");
    }
    if (!found->stands) return Events{};
    if (expense.status == Status::voided) {
        return refuse(RefusalCode::state_conflict, "The expense is voided; restore it first.");
    }
    if (auto objection = closed_refund_objection(expense, *found, around)) {
        return Fail{std::move(*objection)};
    }
    return Events{RefundTakenBack{command.refund, command.reason}};
}

}  // namespace outlay::domain::expense
