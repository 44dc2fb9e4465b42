// The rules of a scope: its one stored form, its field rules, and that what it names exists. Used
// by the deciders of a budget. Pure; any thread.
#pragma once

#include "domain/budget/decide.hpp"
#include "domain/values/field_check.hpp"

namespace outlay::domain::budget {

// Every list sorted and without duplicates, so that equal scopes are equal values.
Scope normalised(Scope scope);

void check_scope(FieldCheck& check, const Scope& wished);

// Entries of `wished` that `present` does not have must exist; those that it has may have gone
// since.
Objection unknown_entries(const Scope& wished, const Scope& present, const Surroundings& around);

}  // namespace outlay::domain::budget
