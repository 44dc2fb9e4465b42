// Which deliveries a list is about: query parameters become SQL conditions over outlay.deliveries
// d. Values; confined to one request.
#pragma once

#include <string_view>

#include "api/resources/page.hpp"

namespace outlay::api {

// The query parameters, but for `channel`, which only the list of a workspace takes.
inline constexpr std::string_view delivery_filters =
    "state,type,message,status,error_class,"
    "created_at,created_at[gte],created_at[gt],created_at[lte],created_at[lt]";

// Reads every filter; errors are left in `query`.
Conditions read_delivery_filters(const domain::WorkspaceId& workspace, QueryReader& query);

}  // namespace outlay::api
