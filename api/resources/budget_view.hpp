// A budget as the API shows it. Values; any thread.
#pragma once

#include <string>
#include <string_view>

#include "domain/budget/decide.hpp"
#include "journal/history.hpp"
#include "platform/json/writer.hpp"

namespace outlay::api {

// `at` says whether it is still muted.
std::string budget_body(const domain::BudgetId& id, const journal::Versioned& target,
                        domain::Instant at);

// What a threshold says, without its id.
void write_threshold_content(json::Writer& out, const domain::budget::Threshold& threshold,
                             std::string_view currency);
void write_period_rule(json::Writer& out, const domain::budget::PeriodRule& rule);

}  // namespace outlay::api
