// What `outlay status` and `outlay lag` tell, as text and as JSON. Values.
#pragma once

#include <string>

#include "domain/values/dates.hpp"
#include "workers/overview.hpp"
#include "workers/status.hpp"

namespace outlay::app {

struct StatusReport {
    std::string place;  // "SQLite files in ./data"
    domain::Instant at;
    workers::ProjectionStatus projection;
    workers::Overview overview;

    // Since when the oldest record waits that is not projected yet.
    std::optional<domain::Instant> waiting_since() const;
};

std::string status_text(const StatusReport& report);
std::string status_json(const StatusReport& report);

std::string partitions_text(const StatusReport& report);  // a table with its heading
std::string lag_sentence(const StatusReport& report);     // without the line end
std::string lag_json(const StatusReport& report);

}  // namespace outlay::app
