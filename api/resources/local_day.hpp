// The day that it is in a workspace's zone.
#pragma once

#include "api/resources/call.hpp"

namespace outlay::api {

sql::Result<domain::Date> local_day(const QueryContext& context, const platform::Zones& zones,
                                    domain::Instant at);
sql::Result<domain::Date> local_today(const Call& call, const QueryContext& context);

}  // namespace outlay::api
