// Expense commands as clients send them: bodies become domain commands, domain commands become
// submissions. Shared by the single routes and by bulk. Pure but for the specs' callbacks.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/resources/body_reader.hpp"
#include "api/resources/call.hpp"
#include "domain/expense/decide.hpp"

namespace outlay::api {

struct NewExpense {
    std::optional<domain::ExpenseId> id;  // chosen by the client
    domain::expense::RecordExpense record;
};

// The members of a body; what nobody asked for is left to the caller's finish(). Empty only after
// an error.
std::optional<NewExpense> read_new_expense(BodyReader& reader);
std::optional<domain::expense::AmendExpense> read_amendment(BodyReader& reader);
std::optional<domain::expense::RefundExpense> read_refund(BodyReader& reader);

CommandSpec record_spec(const domain::WorkspaceId& workspace, NewExpense expense,
                        std::string canonical_body);

// A command on an existing expense.
using ExpenseCommand = std::variant<domain::expense::AmendExpense, domain::expense::VoidExpense,
                                    domain::expense::RestoreExpense, domain::expense::RefundExpense,
                                    domain::expense::TakeBackRefund>;
CommandSpec change_spec(const domain::WorkspaceId& workspace, const domain::ExpenseId& id,
                        ExpenseCommand command, std::string canonical_body);

}  // namespace outlay::api
