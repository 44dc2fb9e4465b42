// The zone comes from the same snapshot as the answer.
#include "api/resources/local_day.hpp"

#include <array>

namespace outlay::api {

sql::Result<domain::Date> local_today(const Call& call, QueryContext& context) {
    const std::array<sql::Value, 1> parameters{context.workspace.value.text()};
    const auto rows = context.session.query(
        "SELECT w.time_zone FROM read.workspaces w WHERE w.workspace = $1", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    const std::string zone = rows->empty() ? "UTC" : rows->text(0, 0);
    return call.node.zones.local_day(zone, call.node.clock.now());
}

}  // namespace outlay::api
