// .../history of an expense or a budget: every event of it, in order.
#pragma once

#include "api/resources/call.hpp"

namespace outlay::api {

// 404 for an aggregate that has no events.
platform::Task<Response> answer_history(Call& call, std::string aggregate);

// The handler for aggregates that are named by "{id}".
template <typename Id>
platform::Task<Response> list_history(Call& call) {
    const auto id = path_id<Id>(call, "{id}");
    if (!id) return answered(not_found(call));
    return answer_history(call, id->text());
}

}  // namespace outlay::api
