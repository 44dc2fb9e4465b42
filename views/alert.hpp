// An alert as the outside sees it, made from its row: by the API, and by every message about it.
// Values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/values/ids.hpp"
#include "journal/position.hpp"
#include "platform/sql.hpp"

namespace outlay::views {

// The columns of read.alerts that a view is made of, in the order that alert_row expects.
inline constexpr std::array<std::string_view, 34> alert_columns{"id",
                                                                "budget",
                                                                "threshold",
                                                                "period_start",
                                                                "period_end",
                                                                "percent",
                                                                "amount_minor",
                                                                "currency",
                                                                "spent_minor",
                                                                "limit_minor",
                                                                "state",
                                                                "cause",
                                                                "expense",
                                                                "log_partition",
                                                                "log_offset",
                                                                "raised_at",
                                                                "acknowledged_at",
                                                                "acknowledged_by",
                                                                "resolved_at",
                                                                "crossing",
                                                                "basis",
                                                                "level",
                                                                "projected_minor",
                                                                "as_of",
                                                                "muted",
                                                                "snoozed_until",
                                                                "changes",
                                                                "changed_at",
                                                                "member",
                                                                "resolved_cause",
                                                                "resolved_expense",
                                                                "resolved_spent_minor",
                                                                "resolved_partition",
                                                                "resolved_offset"};

// How an alert ended: what happened to which expense, and what was spent then.
struct AlertEnd {
    std::string at;
    std::string cause;
    std::optional<domain::ExpenseId> expense;
    std::int64_t spent_minor = 0;
    journal::Position position;
};

struct AlertView {
    domain::AlertId id;
    domain::BudgetId budget;
    domain::ThresholdId threshold;
    std::string start;
    std::string end;
    std::optional<std::int64_t> percent;
    std::optional<std::int64_t> amount_minor;
    std::string currency;
    std::int64_t spent_minor = 0;
    std::int64_t limit_minor = 0;
    std::string state;
    std::string cause;
    std::optional<domain::ExpenseId> expense;
    journal::Position position;
    std::string raised_at;
    std::optional<std::string> acknowledged_at;
    std::optional<domain::MemberId> acknowledged_by;
    std::optional<AlertEnd> ending;
    std::int64_t crossing = 0;
    std::string basis;
    std::string level;
    std::optional<std::int64_t> projected_minor;
    std::optional<std::string> as_of;
    bool muted = false;
    std::optional<std::string> snoozed_until;
    std::int64_t changes = 0;  // by people
    std::optional<std::string> changed_at;
    std::optional<domain::MemberId> member;  // of a threshold that watches each member

    // One more for each thing that happened to it since it was raised.
    std::uint64_t version() const {
        return 1U + static_cast<std::uint64_t>(changes) + (ending ? 1U : 0U);
    }
    const std::string& updated_at() const {
        return ending ? ending->at : changed_at ? *changed_at : raised_at;
    }
    // critical: nothing is left of the limit; info: nothing is passed yet, it is expected to be.
    std::string_view severity() const;
    // As it was before anything happened to it.
    AlertView as_raised() const;
};

AlertView alert_row(const sql::Rows& rows, std::size_t row);
std::string alert_body(const AlertView& alert);

}  // namespace outlay::views
