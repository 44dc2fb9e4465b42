// The log of a simulation goes nowhere: what was done is told by the trace of the world.
#include "platform/log.hpp"

namespace outlay::platform {

void log(LogLevel, std::string_view, std::initializer_list<LogField>) {}

}  // namespace outlay::platform
