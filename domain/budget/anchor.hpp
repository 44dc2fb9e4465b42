// Where the periods of a budget begin if nobody says it. Pure; any thread.
#pragma once

#include "domain/budget/period.hpp"
#include "domain/workspace/state.hpp"

namespace outlay::domain::budget {

// By the workspace's calendar, as of its local day: periods of whole weeks begin with the week,
// single months on their 1st, longer ones with the fiscal year, and any other number of days today.
// A single range always says its first day.
Date usual_anchor(const PeriodRule& rule, const workspace::Workspace& workspace, Date today);

}  // namespace outlay::domain::budget
