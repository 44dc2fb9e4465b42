// What operators did by hand to an installation: one row each, written in the transaction of the
// deed. No replay of the journal could make them again.
#pragma once

#include <string>
#include <string_view>

#include "domain/values/dates.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

struct OperatorDeed {
    std::string by;           // user@host
    std::string_view action;  // "pause", "resume", ...
    std::string detail;       // JSON
    domain::Instant at;
};
// In a session with admin access, on its thread.
sql::Status note(sql::Session& session, const OperatorDeed& deed);

}  // namespace outlay::workers
