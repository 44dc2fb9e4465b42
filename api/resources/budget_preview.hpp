// .../budgets/preview: what a budget would have warned of, had it been made some time ago. Asks and
// changes nothing.
#pragma once

#include "api/resources/call.hpp"

namespace outlay::api {

platform::Task<Response> preview_budget(Call& call);

}  // namespace outlay::api
