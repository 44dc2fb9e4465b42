// Expense commands as clients send them: bodies become domain commands, domain commands become
// submissions. Shared by the single routes and by bulk. Pure but for the specs' callbacks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/resources/call.hpp"
#include "domain/expense/decide.hpp"
#include "platform/json/value.hpp"

namespace outlay::api {

struct NewExpense {
    std::optional<domain::ExpenseId> id;  // chosen by the client
    domain::expense::RecordExpense record;
};

// The body of a creation. Empty: `errors` says why. `ignored` is a member that the caller has dealt
// with.
std::optional<NewExpense> read_new_expense(const json::Value& body,
                                           std::vector<domain::FieldError>& errors,
                                           std::string_view ignored = {});
std::optional<domain::expense::AmendExpense> read_amendment(
    const json::Value& body, std::vector<domain::FieldError>& errors);

CommandSpec record_spec(const domain::WorkspaceId& workspace, NewExpense expense,
                        std::string canonical_body);

// A command on an existing expense.
using ExpenseCommand = std::variant<domain::expense::AmendExpense, domain::expense::VoidExpense,
                                    domain::expense::RestoreExpense>;
CommandSpec change_spec(const domain::WorkspaceId& workspace, const domain::ExpenseId& expense,
                        ExpenseCommand command, std::string canonical_body);

}  // namespace outlay::api
