// How the log follows the settings, at the start and when they are read again. Any thread.
#pragma once

#include "app/settings.hpp"

namespace outlay::app {

void configure_log(const Settings& settings);

}  // namespace outlay::app
