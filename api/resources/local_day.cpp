// The zone comes from the same snapshot as the answer.
#include "api/resources/local_day.hpp"

#include <array>

namespace outlay::api {

sql::Result<domain::Date> local_day(const QueryContext& context, const platform::Zones& zones,
                                    domain::Instant at) {
    const std::array<sql::Value, 1> parameters{context.workspace.value.text()};
    const auto rows = context.session.query(
        "SELECT w.time_zone FROM read.workspaces w WHERE w.workspace = $1", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    return zones.local_day(rows->empty() ? "UTC" : rows->text(0, 0), at);
}

sql::Result<domain::Date> local_today(const Call& call, const QueryContext& context) {
    return local_day(context, call.node.zones, call.node.clock.now());
}

}  // namespace outlay::api
