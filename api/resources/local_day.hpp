// The day that it is in a workspace's zone.
#pragma once

#include "api/resources/call.hpp"

namespace outlay::api {

sql::Result<domain::Date> local_today(const Call& call, QueryContext& context);

}  // namespace outlay::api
