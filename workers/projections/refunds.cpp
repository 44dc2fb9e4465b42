// Refunds as rows, and as a column of their expense.
#include "workers/projections/refunds.hpp"

#include <algorithm>

#include "platform/json/writer.hpp"
#include "workers/cells.hpp"

namespace outlay::workers::refunds {

namespace {

using domain::expense::Expense;
using domain::expense::Refund;

Row row_of(const Fact& fact, const domain::ExpenseId& id, const Expense& expense,
           const Refund& refund) {
    const auto counts_on = refund.stands && expense.counts()
                               ? std::optional(expense.counting_day(refund))
                               : std::nullopt;
    return {cell(fact.workspace),      cell(id),
            cell(refund.id),           cell(refund.stands ? "recorded" : "taken_back"),
            cell(refund.amount.minor), cell(counts_on)};
}

}  // namespace

void project(const Fact& fact, RowChanges& changes) {
    const auto* before = std::get_if<Expense>(fact.before.get());
    const auto* after = std::get_if<Expense>(fact.after.get());
    const auto id = domain::ExpenseId::parse(fact.aggregate);
    if (before == nullptr || after == nullptr || !id) return;
    for (const auto& refund : after->refunds) {
        auto row = row_of(fact, *id, *after, refund);
        const auto known = std::ranges::find(before->refunds, refund.id, &Refund::id);
        if (known == before->refunds.end()) {
            changes.create(table, std::move(row));
        } else if (row != row_of(fact, *id, *before, *known)) {
            changes.put(table, std::move(row));
        }
    }
}

std::string standing_json(const Expense& expense) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& refund : expense.refunds) {
        if (!refund.stands) continue;
        out.begin_object()
            .field("id", refund.id.text())
            .field("minor", refund.amount.minor)
            .field("received_on", refund.received_on.text())
            .field("counts_in", name_of(refund.counts_in));
        if (refund.reason) out.field("reason", refund.reason->value);
        out.field("created_by", refund.created_by.text())
            .field("created_at", refund.created_at.text())
            .end_object();
    }
    out.end_array();
    return text;
}

}  // namespace outlay::workers::refunds
