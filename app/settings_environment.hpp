// The OUTLAY_* variables of a process. Any thread, as long as nobody changes the environment.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace outlay::app {

using Environment = std::map<std::string, std::string>;

// The variables that begin with OUTLAY_ and are not empty.
Environment outlay_environment();

// A sentence for each variable that sets nothing, with the nearest that would. What others leave in
// the environment on purpose is passed over: tests, and Kubernetes.
std::vector<std::string> unknown_variables(const Environment& environment);

}  // namespace outlay::app
