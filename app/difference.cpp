// Table, key of the row, and what is wrong with it.
#include "app/difference.hpp"

#include "views/cells.hpp"

namespace outlay::app {

std::string difference_text(const workers::Difference& difference) {
    return difference.table + " differs at " + difference.key + ":\n  " + difference.detail + "\n";
}

void write_difference(json::Writer& out, const std::optional<workers::Difference>& difference) {
    out.key("difference");
    if (!difference) {
        out.null();
        return;
    }
    out.begin_object()
        .field("table", difference->table)
        .field("row", difference->key)
        .field("detail", difference->detail)
        .end_object();
}

std::string reconciliation_text(const workers::ReconciliationStatus& status) {
    std::string text = status.looked_at.empty()
                           ? std::string("no workspace was compared with its events yet\n")
                           : std::to_string(status.looks) +
                                 " comparisons of workspaces with their "
                                 "events, the last one at " +
                                 views::instant_text(status.looked_at) + "\n";
    for (const auto& mismatch : status.mismatches) {
        text += mismatch.workspace.text() + " differs in " + std::to_string(mismatch.differing) +
                (mismatch.differing == 1 ? " row" : " rows") + " since " +
                views::instant_text(mismatch.found_at) + "; `outlay repair --workspace " +
                mismatch.workspace.text() + "` mends it\n  " + difference_text(mismatch.first);
    }
    return text;
}

void write_reconciliation(json::Writer& out, const workers::ReconciliationStatus& status) {
    out.key("reconciliation")
        .begin_object()
        .field("looks", status.looks)
        .field("rounds", status.rounds)
        .field("looked_at", status.looked_at.empty()
                                ? std::nullopt
                                : std::optional(views::instant_text(status.looked_at)))
        .key("mismatches")
        .begin_array();
    for (const auto& mismatch : status.mismatches) {
        out.begin_object()
            .field("workspace", mismatch.workspace.text())
            .field("position", mismatch.position.text())
            .field("found_at", views::instant_text(mismatch.found_at))
            .field("rows", mismatch.differing);
        write_difference(out, mismatch.first);
        out.end_object();
    }
    out.end_array().end_object();
}

}  // namespace outlay::app
