// Expenses on their days, refunds on theirs.
#include "views/postings.hpp"

namespace outlay::views {

std::string postings(const std::string& where, const std::string& workspace) {
    return "SELECT e.spent_on AS day, e.member, e.currency, e.amount_minor AS minor, 1 AS expenses"
           " FROM read.expenses e" +
           where +
           " UNION ALL SELECT r.counts_on, e.member, e.currency, -r.amount_minor, 0"
           " FROM read.refunds r"
           " JOIN read.expenses e ON e.workspace = r.workspace AND e.id = r.expense" +
           where + " AND r.workspace = " + workspace + " AND r.counts_on IS NOT NULL";
}

}  // namespace outlay::views
