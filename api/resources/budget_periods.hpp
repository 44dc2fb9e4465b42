// .../budgets/{id}/periods: what was spent of a budget, period by period, with what was left out
// for its currency.
#pragma once

#include "api/resources/call.hpp"

namespace outlay::api {

platform::Task<Response> list_budget_periods(Call& call);

}  // namespace outlay::api
