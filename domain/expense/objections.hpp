// Objections that several commands of an expense raise. Used by its deciders. Pure; any thread.
#pragma once

#include <string_view>

#include "domain/expense/decide.hpp"
#include "domain/values/field_check.hpp"

namespace outlay::domain::expense {

inline constexpr AmountRange amount_range{1, amount_minor_max};

// Members record, amend and void what is their own; from admin on everybody's.
Objection authority_objection(const Surroundings& around, const Context& context,
                              const MemberId& owner);

// What every change of an existing expense asks first.
Objection change_objection(const Expense& expense, const Surroundings& around,
                           const Context& context);

// Is the day closed that stands at `pointer`?
Objection closed_objection(const Surroundings& around, Date day,
                           std::string_view pointer = "/spent_on");
// Is the day closed on which this refund of the expense counts?
Objection closed_refund_objection(const Expense& expense, const Refund& refund,
                                  const Surroundings& around);
// Is a day closed on which any refund of the expense counts?
Objection closed_refunds_objection(const Expense& expense, const Surroundings& around);
// Is any day closed on which the expense counts, itself or by a refund?
Objection closed_days_objection(const Expense& expense, const Surroundings& around);

}  // namespace outlay::domain::expense
