// What an expense adds to sums, and on which days: its amount on its own day, and less of every
// refund that stands on the day in which that counts. Pure; any thread.
#pragma once

#include <vector>

#include "domain/expense/state.hpp"

namespace outlay::domain::expense {

struct Posting {
    Date day;
    std::int64_t minor = 0;  // in the currency of the expense; below 0 for a refund
    std::int64_t count = 0;  // of expenses: a refund is none
};

// The expense itself comes first. Empty while it does not count.
std::vector<Posting> postings(const Expense& expense);

}  // namespace outlay::domain::expense
