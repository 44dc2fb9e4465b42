// How a difference between read models and journal is shown, by every tool that finds one. Values.
#pragma once

#include <optional>
#include <string>

#include "platform/json/writer.hpp"
#include "workers/verify.hpp"

namespace outlay::app {

// For a terminal, with the line end.
std::string difference_text(const workers::Difference& difference);
// The member "difference", null for none.
void write_difference(json::Writer& out, const std::optional<workers::Difference>& difference);

}  // namespace outlay::app
