// An expense as the API shows it. Answers to commands are made from folded states, answers to
// queries from rows: both become this view first, so they are equal to the byte. Values; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/history.hpp"
#include "platform/json/writer.hpp"
#include "platform/sql.hpp"
#include "views/cells.hpp"

namespace outlay::api {

// Money that came back.
struct RefundView {
    std::string id;
    std::int64_t amount_minor = 0;
    std::string received_on;
    std::string counts_in;  // received, original
    std::optional<std::string> reason;
    std::string created_by;
    std::string created_at;
};

struct ExpenseView {
    domain::ExpenseId id;
    std::string state;  // recorded, voided
    std::int64_t amount_minor = 0;
    std::string currency;
    std::string spent_on;
    std::optional<domain::CategoryId> category;
    domain::MemberId member;
    std::optional<std::string> merchant;
    std::optional<std::string> note;
    std::string tags_json;  // a JSON array of texts
    std::int64_t refunded_minor = 0;
    std::vector<RefundView> refunds{};  // those that stand
    domain::MemberId created_by;
    std::string created_at;
    std::string updated_at;
    std::int64_t version = 0;
};

ExpenseView expense_view(const domain::ExpenseId& id, const journal::Versioned& target);

// The columns of read.expenses that a view is made of, in the order that expense_row expects.
inline constexpr std::string_view expense_columns =
    "e.id, e.state, e.amount_minor, e.currency, e.spent_on, e.category, e.member, e.merchant, "
    "e.note, e.tags,"
    " e.created_by, e.created_at, e.updated_at, e.version, e.refunded_minor, e.refunds";
ExpenseView expense_row(const sql::Rows& rows, std::size_t row);

void write_expense(json::Writer& out, const ExpenseView& expense);
std::string expense_body(const ExpenseView& expense);

using views::write_money;

}  // namespace outlay::api
