// The one place that knows what refunds take out of which day.
#include "domain/expense/postings.hpp"

namespace outlay::domain::expense {

std::vector<Posting> postings(const Expense& expense) {
    std::vector<Posting> posted;
    if (!expense.counts() || !expense.amount) return posted;
    posted.push_back({expense.spent_on, expense.amount->minor, 1});
    for (const auto& refund : expense.refunds) {
        if (refund.stands)
            posted.push_back({expense.counting_day(refund), -refund.amount.minor, 0});
    }
    return posted;
}

}  // namespace outlay::domain::expense
