// A budget as the API shows it. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/budget/decide.hpp"
#include "journal/history.hpp"
#include "platform/json/writer.hpp"

namespace outlay::api {

// The moment for which a budget is shown: whether it is still muted, and which of its limits and
// rollovers is in force.
struct Moment {
    domain::Instant at;
    domain::Date today;  // in the workspace's zone
};
std::string budget_body(const domain::BudgetId& id, const journal::Versioned& target,
                        const Moment& moment);

// What a threshold says, without its id.
void write_threshold_content(json::Writer& out, const domain::budget::Threshold& threshold,
                             std::string_view currency);
// What somebody said, or null.
void write_reason(json::Writer& out, std::string_view name,
                  const std::optional<domain::FreeText>& reason);
void write_period_rule(json::Writer& out, const domain::budget::PeriodRule& rule);

}  // namespace outlay::api
