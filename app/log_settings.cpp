// Names of levels.
#include "app/log_settings.hpp"

#include "platform/log.hpp"

namespace outlay::app {

namespace {

platform::LogLevel level_of(const std::string& name) {
    if (name == "debug") return platform::LogLevel::debug;
    if (name == "warning") return platform::LogLevel::warning;
    if (name == "error") return platform::LogLevel::error;
    return platform::LogLevel::info;
}

}  // namespace

void configure_log(const Settings& settings) {
    platform::configure_log(level_of(settings.log_level), settings.log_text);
}

}  // namespace outlay::app
