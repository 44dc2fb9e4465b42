// What expenses and their refunds add to sums, in SQL: the same as domain::expense::postings says.
// For the recount of a budget, and for queries whose filters the cells of read.spending do not
// know. Pure; any thread.
#pragma once

#include <string>

namespace outlay::views {

// A query with a row for every posting: day, member, currency, minor and expenses (1, or 0 of a
// refund). `where` is " WHERE ..." over read.expenses e; it names the workspace and counts recorded
// expenses only. `workspace` is the parameter that holds the workspace: "$1".
std::string postings(const std::string& where, const std::string& workspace);

}  // namespace outlay::views
