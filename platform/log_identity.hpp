// Who speaks in the log: the process, named in every line, and in it a part that speaks under a
// name of its own. Any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "platform/log.hpp"

namespace outlay::platform {

struct LogIdentity {
    std::string role;  // "api"
    std::string version;
};
// Before other threads log; until then lines name neither.
void identify_log(LogIdentity identity);

// A line like that of `log`, with another name than "outlay" as its logger.
void log_as(std::string_view logger, LogLevel level, std::string_view message,
            std::initializer_list<LogField> fields);
// Whether a line of that level would be written.
bool is_logged(LogLevel level);

}  // namespace outlay::platform
