// An expense as a row, and its tags as rows to filter by.
#include "workers/projections/expenses.hpp"

#include <algorithm>

#include "platform/json/writer.hpp"
#include "workers/cells.hpp"
#include "workers/projections/refunds.hpp"

namespace outlay::workers::expenses {

namespace {

using domain::expense::Expense;
using domain::expense::Status;

std::string_view state_name(Status status) {
    switch (status) {
        case Status::absent:
            return "absent";
        case Status::recorded:
            return "recorded";
        case Status::voided:
            return "voided";
    }
    CHECK(false, "an expense status outside its enumeration");
    return {};
}

std::string tags_json(const std::vector<std::string>& tags) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const auto& tag : tags) out.string(tag);
    out.end_array();
    return text;
}

bool has_tag(const Expense& expense, const std::string& tag) {
    return std::ranges::find(expense.tags, tag) != expense.tags.end();
}

// The first event of an expense makes rows that no one made before, which is cheaper to say.
void write(const sql::Table& table, Row row, const Expense& before, RowChanges& changes) {
    if (before.status == Status::absent) {
        changes.create(table, std::move(row));
    } else {
        changes.put(table, std::move(row));
    }
}

void project_tags(const Fact& fact, const domain::ExpenseId& id, const Expense& before,
                  const Expense& after, RowChanges& changes) {
    for (const auto& tag : before.tags) {
        if (!has_tag(after, tag)) {
            changes.remove(tags_table, {cell(fact.workspace), cell(tag), cell(id)});
        }
    }
    for (const auto& tag : after.tags) {
        if (!has_tag(before, tag))
            write(tags_table, {cell(fact.workspace), cell(tag), cell(id)}, before, changes);
    }
}

}  // namespace

void project(const Fact& fact, RowChanges& changes) {
    const auto* before = std::get_if<Expense>(fact.before.get());
    const auto* after = std::get_if<Expense>(fact.after.get());
    const auto id = domain::ExpenseId::parse(fact.aggregate);
    if (before == nullptr || after == nullptr || !after->amount || !id) return;
    const std::optional<std::string> note =
        after->note ? std::optional(after->note->value) : std::nullopt;
    write(table,
          {cell(fact.workspace), cell(*id), cell(state_name(after->status)),
           cell(after->amount->minor), cell(after->amount->currency), cell(after->spent_on),
           cell(after->category), cell(after->member), cell(after->merchant), cell(note),
           cell(tags_json(after->tags)), cell(after->refunded_minor()),
           cell(refunds::standing_json(*after)), cell(after->created_by), cell(after->created_at),
           cell(after->updated_at), cell(fact.meta.version), cell(fact.position.partition),
           cell(fact.position.offset)},
          *before, changes);
    project_tags(fact, *id, *before, *after, changes);
}

}  // namespace outlay::workers::expenses
