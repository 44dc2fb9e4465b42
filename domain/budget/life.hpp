// What several deciders of a budget ask first: is it there, and may it change? Pure; any thread.
#pragma once

#include "domain/budget/state.hpp"
#include "domain/values/refusal.hpp"

namespace outlay::domain::budget {

Fail<Refusal> no_such_budget();
Objection archived_objection(const Budget& budget);
// The refusal of a command that is about an existing budget that is not archived.
Objection change_objection(const Budget& budget);
// The refusal of a day that a budget with a single range has no period for.
Refusal outside_of_range(std::string_view pointer);

}  // namespace outlay::domain::budget
