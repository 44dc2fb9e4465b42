// What clients say about budgets, member by member of their bodies. Values; any thread.
#pragma once

#include <optional>
#include <vector>

#include "api/resources/body_reader.hpp"
#include "domain/budget/decide.hpp"

namespace outlay::api {

// Members of a budget's body. "period", required:
// {"every": "month", "count": 1, "anchor": "2015-01-01"}, of which count and anchor may be left
// out, or {"start": "2026-07-01", "end": "2026-07-14"}; empty only after an error.
struct PeriodWish {
    domain::budget::PeriodRule rule;
    bool anchor_is_left = false;  // to the workspace's calendar
};
std::optional<PeriodWish> read_period(BodyReader& body);
// "rollover": {"carry": "capped", "cap": {"amount": 5000, "currency": "EUR"}}; empty if it is
// absent or wrong.
std::optional<domain::budget::NewRollover> read_rollover(BodyReader& body);
// "scope"; empty if it is absent.
std::optional<domain::budget::Scope> read_scope(BodyReader& body);
// "thresholds": [{"percent": 80, "basis": "forecast"}, {"amount": {"amount": 5000, "currency":
// "EUR"}, "per": "member"}]; empty if it is absent.
std::optional<std::vector<domain::budget::NewThreshold>> read_thresholds(BodyReader& body);
// "reason": free text; empty if it is absent or wrong.
std::optional<domain::FreeText> read_reason(BodyReader& body);
// "until": an instant; empty if it is absent or wrong.
std::optional<domain::Instant> read_until(BodyReader& body, bool required);
// The body of a creation, as a whole; empty only after an error.
std::optional<domain::budget::CreateBudget> read_creation(BodyReader& body);

}  // namespace outlay::api
