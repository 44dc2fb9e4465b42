// From JSON to domain commands, and from those to submissions.
#include "api/resources/expense_commands.hpp"

#include "api/resources/expense_view.hpp"
#include "domain/workspace/authorise.hpp"

namespace outlay::api {

namespace {

namespace expense = domain::expense;
using domain::workspace::Action;

std::optional<domain::FreeText> free_text(std::optional<std::string> text) {
    if (!text) return std::nullopt;
    return domain::FreeText{std::move(*text)};
}

// Authorises, then asks the expense's rules.
template <typename Command>
domain::Decision<std::vector<journal::Proposed>> decide_expense(const journal::Loaded& loaded,
                                                                const domain::Context& context,
                                                                const std::string& aggregate,
                                                                const Command& command) {
    const auto role =
        domain::workspace::authorise(loaded.workspace, context.actor, Action::record_expenses);
    if (!role.ok()) return domain::Fail{role.error()};
    const auto& state = std::get<expense::Expense>(loaded.target);
    return propose(
        aggregate,
        expense::decide(state, command, {loaded.workspace, &loaded.categories, *role}, context));
}

std::string render_expense(const journal::Versioned& target, const std::string& aggregate,
                           const domain::CommandId&) {
    const auto id = domain::ExpenseId::parse(aggregate);
    CHECK(id.has_value(), "an expense command about something else");
    return expense_body(expense_view(*id, target));
}

void answer_created(CommandSpec& spec) {
    spec.status = 201;
    spec.location = [workspace = spec.workspace](const std::string& aggregate,
                                                 const domain::CommandId&) {
        return "/v1/workspaces/" + workspace.text() + "/expenses/" + aggregate;
    };
}

}  // namespace

std::optional<NewExpense> read_new_expense(BodyReader& reader) {
    const auto id = reader.optional_id<domain::ExpenseId>("id");
    const auto amount = reader.required_money("amount");
    const auto spent_on = reader.required_date("spent_on");
    const auto category = reader.nullable_id<domain::CategoryId>("category");
    const auto member = reader.optional_id<domain::MemberId>("member");
    const auto merchant = reader.nullable_string("merchant");
    const auto note = reader.nullable_string("note");
    const auto tags = reader.optional_strings("tags");
    if (!amount || !spent_on) return std::nullopt;
    return NewExpense{id,
                      {*amount, *spent_on, category.value_or(std::nullopt), member,
                       merchant.value_or(std::nullopt), free_text(note.value_or(std::nullopt)),
                       tags.value_or(std::vector<std::string>{})}};
}

std::optional<expense::AmendExpense> read_amendment(BodyReader& reader) {
    expense::AmendExpense amend;
    amend.amount = reader.optional_money("amount");
    amend.spent_on = reader.optional_date("spent_on");
    amend.category = reader.nullable_id<domain::CategoryId>("category");
    amend.member = reader.optional_id<domain::MemberId>("member");
    amend.merchant = reader.nullable_string("merchant");
    if (auto note = reader.nullable_string("note")) amend.note = free_text(std::move(*note));
    amend.tags = reader.optional_strings("tags");
    return amend;
}

std::optional<expense::RefundExpense> read_refund(BodyReader& reader) {
    const auto amount = reader.required_money("amount");
    const auto received_on = reader.required_date("received_on");
    const auto word = reader.optional_string("counts_in").value_or("received");
    const auto force = reader.optional_boolean("force");
    auto reason = free_text(reader.nullable_string("reason").value_or(std::nullopt));
    auto counts_in = expense::CountsIn::received;
    if (word == name_of(expense::CountsIn::original)) {
        counts_in = expense::CountsIn::original;
    } else if (word != name_of(counts_in)) {
        reader.fail("counts_in", "unknown_value", "Must be received or original.");
    }
    if (!amount || !received_on) return std::nullopt;
    return expense::RefundExpense{*amount, *received_on, counts_in, force.value_or(false),
                                  std::move(reason)};
}

CommandSpec record_spec(const domain::WorkspaceId& workspace, NewExpense expense,
                        std::string canonical_body) {
    CommandSpec spec;
    spec.workspace = workspace;
    spec.target = [id = expense.id](const domain::CommandId& command) {
        return id ? id->text() : domain::ExpenseId{journal::derived_id(command, 0)}.text();
    };
    spec.target_is_new = true;
    spec.reads_categories = expense.record.category.has_value();
    spec.canonical_body = std::move(canonical_body);
    spec.decide = [expense = std::move(expense)](const journal::Loaded& loaded,
                                                 const domain::Context& context) {
        const auto id = expense.id ? *expense.id : context.make_id<domain::ExpenseId>(0);
        return decide_expense(loaded, context, id.text(), expense.record);
    };
    spec.render = render_expense;
    answer_created(spec);
    return spec;
}

CommandSpec change_spec(const domain::WorkspaceId& workspace, const domain::ExpenseId& id,
                        ExpenseCommand command, std::string canonical_body) {
    CommandSpec spec;
    spec.workspace = workspace;
    spec.target = [id](const domain::CommandId&) { return id.text(); };
    const auto* amend = std::get_if<expense::AmendExpense>(&command);
    spec.reads_categories = amend && amend->category && *amend->category;
    // A refund is seen in its expense.
    if (std::holds_alternative<expense::RefundExpense>(command)) answer_created(spec);
    spec.canonical_body = std::move(canonical_body);
    spec.decide = [id, command = std::move(command)](const journal::Loaded& loaded,
                                                     const domain::Context& context) {
        return std::visit(
            [&](const auto& wanted) { return decide_expense(loaded, context, id.text(), wanted); },
            command);
    };
    spec.render = render_expense;
    return spec;
}

}  // namespace outlay::api
