// The one rendering of an expense.
#include "api/resources/expense_view.hpp"

#include "api/resources/call.hpp"
#include "platform/json/value.hpp"

namespace outlay::api {

namespace {

std::string json_list(const std::vector<std::string>& texts) {
    std::string list;
    json::Writer out(list);
    out.begin_array();
    for (const auto& text : texts) out.string(text);
    out.end_array();
    return list;
}

RefundView refund_view(const domain::expense::Refund& refund) {
    RefundView view{refund.id.text(),
                    refund.amount.minor,
                    refund.received_on.text(),
                    std::string(name_of(refund.counts_in)),
                    {},
                    refund.created_by.text(),
                    refund.created_at.text()};
    if (refund.reason) view.reason = refund.reason->value;
    return view;
}

// The column as the projection writes it.
std::vector<RefundView> refund_views(const std::string& column) {
    std::vector<RefundView> views;
    if (column == "[]") return views;
    const auto parsed = json::parse(column);
    CHECK(parsed.ok(), "the refunds in the store are no JSON");
    for (const auto& stored : parsed->items()) {
        const auto member = [&stored](std::string_view name) -> const json::Value& {
            const auto* const found = stored.find(name);
            CHECK(found != nullptr, "a refund in the store lacks a member");
            return *found;
        };
        const auto text = [&member](std::string_view name) { return member(name).text(); };
        RefundView view{text("id"),
                        member("minor").integer().value_or(0),
                        text("received_on"),
                        text("counts_in"),
                        {},
                        text("created_by"),
                        text("created_at")};
        if (const auto* reason = stored.find("reason")) view.reason = reason->text();
        views.push_back(std::move(view));
    }
    return views;
}

void write_refunds(json::Writer& out, const ExpenseView& expense) {
    write_money(out, "refunded", expense.refunded_minor, expense.currency);
    out.key("refunds").begin_array();
    for (const auto& refund : expense.refunds) {
        out.begin_object().field("id", refund.id);
        write_money(out, "amount", refund.amount_minor, expense.currency);
        out.field("received_on", refund.received_on)
            .field("counts_in", refund.counts_in)
            .field("reason", refund.reason)
            .field("created_by", refund.created_by)
            .field("created_at", refund.created_at)
            .end_object();
    }
    out.end_array();
}

}  // namespace

ExpenseView expense_view(const domain::ExpenseId& id, const journal::Versioned& target) {
    const auto& expense = std::get<domain::expense::Expense>(target.state);
    CHECK(expense.amount.has_value(), "an expense that was never recorded is shown");
    ExpenseView view;
    view.id = id;
    view.state = expense.status == domain::expense::Status::voided ? "voided" : "recorded";
    view.amount_minor = expense.amount->minor;
    view.currency = expense.amount->currency.code();
    view.spent_on = expense.spent_on.text();
    view.category = expense.category;
    view.member = expense.member;
    view.merchant = expense.merchant;
    if (expense.note) view.note = expense.note->value;
    view.tags_json = json_list(expense.tags);
    view.refunded_minor = expense.refunded_minor();
    for (const auto& refund : expense.refunds) {
        if (refund.stands) view.refunds.push_back(refund_view(refund));
    }
    view.created_by = expense.created_by;
    view.created_at = expense.created_at.text();
    view.updated_at = expense.updated_at.text();
    view.version = static_cast<std::int64_t>(target.head.version);
    return view;
}

ExpenseView expense_row(const sql::Rows& rows, std::size_t row) {
    ExpenseView view;
    view.id = {rows.uuid(row, 0)};
    view.state = rows.text(row, 1);
    view.amount_minor = rows.integer(row, 2);
    view.currency = rows.text(row, 3);
    view.spent_on = rows.text(row, 4);
    if (!rows.is_null(row, 5)) view.category = domain::CategoryId{rows.uuid(row, 5)};
    view.member = {rows.uuid(row, 6)};
    view.merchant = rows.optional_text(row, 7);
    view.note = rows.optional_text(row, 8);
    view.tags_json = rows.text(row, 9);
    view.created_by = {rows.uuid(row, 10)};
    view.created_at = instant_text(rows.text(row, 11));
    view.updated_at = instant_text(rows.text(row, 12));
    view.version = rows.integer(row, 13);
    view.refunded_minor = rows.integer(row, 14);
    view.refunds = refund_views(rows.text(row, 15));
    return view;
}

void write_expense(json::Writer& out, const ExpenseView& expense) {
    out.begin_object();
    out.field("id", expense.id.text()).field("object", "expense").field("state", expense.state);
    write_money(out, "amount", expense.amount_minor, expense.currency);
    out.field("spent_on", expense.spent_on)
        .field("category", domain::text_of(expense.category))
        .field("member", expense.member.text());
    out.field("merchant", expense.merchant)
        .field("note", expense.note)
        .key("tags")
        .raw(expense.tags_json);
    write_refunds(out, expense);
    out.field("created_by", expense.created_by.text())
        .field("created_at", expense.created_at)
        .field("updated_at", expense.updated_at)
        .field("version", expense.version);
    out.end_object();
}

std::string expense_body(const ExpenseView& expense) {
    std::string body;
    body.reserve(512);
    json::Writer out(body);
    write_expense(out, expense);
    return body;
}

}  // namespace outlay::api
