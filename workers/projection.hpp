// A projection: a pure function of one fact to row changes. It never reads the store and never
// looks at a clock, so a replay gives the same rows. Budget usage and alerts also depend on sums;
// see budget_watch.hpp.
#pragma once

#include <span>

#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers {

using Projection = void (*)(const Fact& fact, RowChanges& changes);

// All of them; each looks at the facts of its own kind.
std::span<const Projection> projections();

// The tables that are a function of the journal: everything in a generation but its checkpoints.
std::span<const sql::Table* const> generation_tables();

}  // namespace outlay::workers
