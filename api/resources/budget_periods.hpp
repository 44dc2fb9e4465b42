// .../budgets/{id}/periods: what was spent of a budget, period by period, with what was left out
// for its currency.
#pragma once

#include "api/resources/call.hpp"
#include "api/resources/page.hpp"

namespace outlay::api {

struct DayRange {
    std::optional<domain::Date> from;
    std::optional<domain::Date> to;
};

// The status of the periods that touch the range, as of `today`; without a range of the current
// one. 404 without such a budget, 422 above 10,000 periods.
sql::Result<ListItems> budget_period_items(const QueryContext& context, const domain::BudgetId& id,
                                           const DayRange& wanted, domain::Date today);

platform::Task<Response> list_budget_periods(Call& call);

}  // namespace outlay::api
