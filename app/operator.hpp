// Who runs this process, for what operators do by hand. Any thread.
#pragma once

#include <string>

namespace outlay::app {

std::string host_name();
std::string operator_name();  // user@host

}  // namespace outlay::app
