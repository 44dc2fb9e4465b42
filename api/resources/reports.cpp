// /v1/workspaces/{ws}/reports/spending.
#include <array>

#include "api/resources/as_of.hpp"
#include "api/resources/spending_report.hpp"

namespace outlay::api {

namespace {

using platform::Task;

Task<Response> spending(Call& call) {
    QueryReader query(call.request.head.query);
    const auto report = read_spending_report(query);
    const auto when = read_as_of(call, query);
    if (!when.ok()) return refused(call, when.error());
    if (const auto wrong = query.problem()) return refused(call, *wrong);
    const PastBody body = [&call, report](QueryContext& context, domain::Instant) {
        return whole_list(call, spending_items(context, report));
    };
    return run_query_as_of(call, *when, body);
}

constexpr std::array routes{
    Route{Method::get, "/v1/workspaces/{ws}/reports/spending", "reportSpending", spending}.taking(
        spending_parameters, "as_of"),
};

}  // namespace

std::span<const Route> report_routes() {
    return routes;
}

}  // namespace outlay::api
