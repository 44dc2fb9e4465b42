// How a difference between read models and journal is shown, by every tool that finds one. Values.
#pragma once

#include <optional>
#include <string>

#include "platform/json/writer.hpp"
#include "workers/mismatches.hpp"
#include "workers/verify.hpp"

namespace outlay::app {

// For a terminal, with the line end.
std::string difference_text(const workers::Difference& difference);
// The member "difference", null for none.
void write_difference(json::Writer& out, const std::optional<workers::Difference>& difference);

// What reconciliation found, for `outlay status`: lines, and the member "reconciliation".
std::string reconciliation_text(const workers::ReconciliationStatus& status);
void write_reconciliation(json::Writer& out, const workers::ReconciliationStatus& status);

}  // namespace outlay::app
