// A projection: a pure function of one fact to row changes. It never reads the store and never
// looks at a clock, so a replay gives the same rows. Budget usage and alerts also depend on sums;
// see budget_watch.hpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers {

using Projection = void (*)(const Fact& fact, RowChanges& changes);

// All of them; each looks at the facts of its own kind.
std::span<const Projection> projections();

// The tables that are a function of the journal: everything in a generation but its checkpoints.
std::span<const sql::Table* const> generation_tables();
// Those that one projection writes, or admission; empty if there is none of that name.
std::span<const sql::Table* const> tables_of(std::string_view projection);
std::vector<std::string> projection_names();

}  // namespace outlay::workers
