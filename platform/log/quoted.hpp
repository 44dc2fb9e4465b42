// Text from outside, made fit for a log line that people read in a terminal. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace outlay::platform {

// A JSON string, with the quotes. Everything that could break a line or steer a terminal is escaped
// (C0 and C1 controls, DEL, the Unicode line separators); bytes that are not UTF-8 become U+FFFD.
std::string quoted(std::string_view text);

}  // namespace outlay::platform
