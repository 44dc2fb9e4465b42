// The spending report: what is asked for, and its rows as JSON. Values; confined to one request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/query.hpp"
#include "api/resources/call.hpp"
#include "api/resources/page.hpp"

namespace outlay::api {

enum class ReportSource { cells, merchants, tags };

// A dimension that a report can be grouped by.
struct ReportDimension {
    std::string_view name;
    std::string_view column;  // SQL; a day's text is YYYY-MM-DD in both stores
    ReportSource source;
    bool is_time;
};

struct SpendingReport {
    std::vector<const ReportDimension*> grouping;  // in static storage
    ReportSource source = ReportSource::cells;
    std::optional<domain::Date> from;
    std::optional<domain::Date> to;
};

// Its query parameters.
inline constexpr std::string_view spending_parameters = "group_by,from,to";
SpendingReport read_spending_report(QueryReader& query);

// 422 above 10,000 rows.
sql::Result<ListItems> spending_items(const QueryContext& context, const SpendingReport& report);

}  // namespace outlay::api
