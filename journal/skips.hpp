// Finding an operator's skip of a record that halts (docs/journal.md, section 2.4). Blocks; any
// thread.
#pragma once

#include <optional>
#include <string_view>

#include "journal/admission.hpp"
#include "journal/journal.hpp"

namespace outlay::journal {

// Whether a skip clears a halt of this cause.
bool is_skippable(HaltCause cause);

// The first skip at or above `looked_at` that names the record by offset and hash. `looked_at`
// moves on to where the next look has to begin.
std::optional<Position> find_skip(Journal& log, const Record& halting, std::string_view journal,
                                  std::int64_t& looked_at);

}  // namespace outlay::journal
