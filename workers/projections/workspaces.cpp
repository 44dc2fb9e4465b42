// Settings of a workspace as one row.
#include "workers/projections/workspaces.hpp"

#include "workers/cells.hpp"

namespace outlay::workers::workspaces {

void project(const Fact& fact, RowChanges& changes) {
    const auto* state = std::get_if<domain::workspace::Workspace>(fact.after.get());
    if (state == nullptr || !state->exists || !state->base_currency) return;
    changes.put(table, {cell(fact.workspace), cell(state->name), cell(*state->base_currency),
                        cell(state->time_zone), flag(state->archived), cell(state->closed_through),
                        cell(state->week_start.text()), cell(state->fiscal_year_start.text()),
                        cell(fact.meta.version), cell(state->created_at), cell(state->updated_at)});
}

}  // namespace outlay::workers::workspaces
