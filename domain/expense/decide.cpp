// Deciders of an expense. Each asks in the same order: may this be done at all, may this actor do
// it, are the fields right, is there anything to do, and do the surroundings allow it.
#include "domain/expense/decide.hpp"

#include <algorithm>
#include <set>

#include "domain/expense/objections.hpp"
#include "domain/values/field_check.hpp"
#include "domain/workspace/authorise.hpp"

namespace outlay::domain::expense {

namespace {

// ---- Are the fields right

void check_tags(FieldCheck& check, const std::vector<std::string>& tags) {
    const std::set<std::string_view> distinct(tags.begin(), tags.end());
    if (distinct.size() > tags_max) {
        check.require(false, "/tags", "too_many",
                      "An expense has at most " + std::to_string(tags_max) + " tags.");
        return;  // an error for each of thousands of tags helps nobody
    }
    for (std::size_t i = 0; i < tags.size(); ++i) check.tag(entry_pointer("/tags", i), tags[i]);
}

Objection field_objection(const RecordExpense& command) {
    FieldCheck check;
    check.amount("/amount/amount", command.amount.minor, amount_range);
    check.day("/spent_on", command.spent_on);
    if (command.merchant) check.text("/merchant", *command.merchant, merchant_text);
    if (command.note) check.text("/note", command.note->value, note_text);
    check_tags(check, command.tags);
    return std::move(check).objection();
}

Objection field_objection(const AmendExpense& command) {
    FieldCheck check;
    if (command.amount) check.amount("/amount/amount", command.amount->minor, amount_range);
    if (command.spent_on) check.day("/spent_on", *command.spent_on);
    if (command.merchant && *command.merchant) {
        check.text("/merchant", **command.merchant, merchant_text);
    }
    if (command.note && *command.note) check.text("/note", (*command.note)->value, note_text);
    if (command.tags) check_tags(check, *command.tags);
    return std::move(check).objection();
}

// ---- Do the surroundings allow it

Objection member_objection(const Surroundings& around, const MemberId& member) {
    if (around.workspace.member(member) != nullptr) return std::nullopt;
    return refusal_at(RefusalCode::member_unknown, "/member",
                      "There is no such member in the workspace.");
}

Objection category_objection(const Surroundings& around,
                             const std::optional<CategoryId>& category) {
    if (!category) return std::nullopt;
    CHECK(around.categories != nullptr, "a command that names a category brings the tree");
    const categories::Category* const found = around.categories->find(*category);
    if (found == nullptr) {
        return refusal_at(RefusalCode::category_unknown, "/category", "There is no such category.");
    }
    if (found->archived) {
        return refusal_at(RefusalCode::category_archived, "/category",
                          "The category is archived and takes no new expenses.");
    }
    return std::nullopt;
}

// ---- What changes

std::vector<std::string> sorted_unique(std::vector<std::string> tags) {
    std::ranges::sort(tags);
    tags.erase(std::ranges::unique(tags).begin(), tags.end());
    return tags;
}

ExpenseRecorded content_of(const RecordExpense& command, const Context& context) {
    return {command.amount,
            command.spent_on,
            command.category,
            command.member.value_or(context.actor.member),
            command.merchant,
            command.note,
            sorted_unique(command.tags)};
}

bool has_content(const Expense& expense, const ExpenseRecorded& content) {
    const ExpenseRecorded present{*expense.amount, expense.spent_on, expense.category,
                                  expense.member,  expense.merchant, expense.note,
                                  expense.tags};
    return present == content;
}

// The change from `before` to the wished value, if there is one.
template <typename T>
std::optional<Change<T>> change(const T& before, const std::optional<T>& wished) {
    if (!wished || *wished == before) return std::nullopt;
    return Change<T>{before, *wished};
}

ExpenseAmended changes(const Expense& expense, const AmendExpense& command) {
    ExpenseAmended amended;
    amended.amount = change(*expense.amount, command.amount);
    amended.spent_on = change(expense.spent_on, command.spent_on);
    amended.category = change(expense.category, command.category);
    amended.member = change(expense.member, command.member);
    amended.merchant = change(expense.merchant, command.merchant);
    amended.note = change(expense.note, command.note);
    if (command.tags) {
        amended.tags = change(expense.tags, std::optional(sorted_unique(*command.tags)));
    }
    return amended;
}

// Refunds keep their currency, and what is left of the expense does not fall below nothing. They
// count under what the expense counts under, so they too neither leave nor enter a closed period.
Objection refund_objection(const Expense& expense, const ExpenseAmended& amended,
                           const Surroundings& around) {
    if (amended.amount) {
        const auto& [before, after] = *amended.amount;
        const Money refunded{expense.refunded_minor(), before.currency};
        if (refunded.minor > 0 && after.currency != before.currency) {
            return refusal_at(RefusalCode::currency_mismatch, "/amount/currency",
                              decimal_text(refunded) +
                                  " of this expense are refunded; a refund keeps its currency.");
        }
        if (after.minor < before.minor && after.minor < refunded.minor) {
            return refusal_at(
                RefusalCode::refund_exceeds_amount, "/amount/amount",
                decimal_text(refunded) + " of this expense are refunded; it cannot become less.");
        }
    }
    const bool moves_refunds =
        amended.category || amended.member || amended.merchant || amended.tags;
    return moves_refunds ? closed_refunds_objection(expense, around) : std::nullopt;
}

Objection amendment_objection(const Expense& expense, const ExpenseAmended& amended,
                              const Surroundings& around, const Context& context) {
    // A closed period keeps its sum: nothing changes in it, leaves it or enters it.
    if (auto objection = closed_objection(around, expense.spent_on)) return objection;
    if (amended.spent_on) {
        if (auto objection = closed_objection(around, amended.spent_on->after)) return objection;
    }
    if (amended.member) {
        if (auto objection = authority_objection(around, context, amended.member->after)) {
            return objection;
        }
        if (auto objection = member_objection(around, amended.member->after)) return objection;
    }
    if (amended.category) {
        if (auto objection = category_objection(around, amended.category->after)) return objection;
    }
    return refund_objection(expense, amended, around);
}

}  // namespace

Decision<Events> decide(const Expense& expense, const RecordExpense& command,
                        const Surroundings& around, const Context& context) {
    const ExpenseRecorded content = content_of(command, context);
    if (auto objection = workspace::archived_objection(around.workspace)) {
        return Fail{std::move(*objection)};
    }
    if (auto objection = authority_objection(around, context, content.member)) {
        return Fail{std::move(*objection)};
    }
    if (auto objection = field_objection(command)) return Fail{std::move(*objection)};
    if (expense.status != Status::absent) {
        // A client that chose the id may send its expense again, whatever was closed or archived
        // since.
        if (expense.status == Status::recorded && has_content(expense, content)) return Events{};
        return refuse(RefusalCode::already_exists,
                      "An expense with this id and other content exists.");
    }
    if (auto objection = member_objection(around, content.member)) {
        return Fail{std::move(*objection)};
    }
    if (auto objection = closed_objection(around, content.spent_on)) {
        return Fail{std::move(*objection)};
    }
    if (auto objection = category_objection(around, content.category)) {
        return Fail{std::move(*objection)};
    }
    return Events{content};
}

Decision<Events> decide(const Expense& expense, const AmendExpense& command,
                        const Surroundings& around, const Context& context) {
    if (auto objection = change_objection(expense, around, context)) {
        return Fail{std::move(*objection)};
    }
    if (expense.status == Status::voided) {
        return refuse(RefusalCode::state_conflict, "The expense is voided; restore it first.");
    }
    if (auto objection = field_objection(command)) return Fail{std::move(*objection)};
    const ExpenseAmended amended = changes(expense, command);
    if (amended == ExpenseAmended{}) return Events{};
    if (auto objection = amendment_objection(expense, amended, around, context)) {
        return Fail{std::move(*objection)};
    }
    return Events{amended};
}

Decision<Events> decide(const Expense& expense, const VoidExpense& command,
                        const Surroundings& around, const Context& context) {
    if (auto objection = change_objection(expense, around, context)) {
        return Fail{std::move(*objection)};
    }
    FieldCheck check;
    if (command.reason) check.text("/reason", command.reason->value, note_text);
    if (auto objection = std::move(check).objection()) return Fail{std::move(*objection)};
    if (expense.status == Status::voided) return Events{};
    if (auto objection = closed_days_objection(expense, around)) {
        return Fail{std::move(*objection)};
    }
    return Events{ExpenseVoided{command.reason}};
}

Decision<Events> decide(const Expense& expense, const RestoreExpense&, const Surroundings& around,
                        const Context& context) {
    if (auto objection = change_objection(expense, around, context)) {
        return Fail{std::move(*objection)};
    }
    if (expense.status == Status::recorded) return Events{};
    if (auto objection = closed_days_objection(expense, around)) {
        return Fail{std::move(*objection)};
    }
    return Events{ExpenseRestored{}};
}

}  // namespace outlay::domain::expense
