// Table, key of the row, and what is wrong with it.
#include "app/difference.hpp"

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

}  // namespace outlay::app
