// The OTEL_* variables that say whether and where spans are sent (OpenTelemetry's environment
// variable specification). Pure but for what `get` asks.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "platform/trace/exporter.hpp"

namespace outlay::app {

struct TraceSettings {
    platform::SpanExporterOptions exporter;
    std::chrono::milliseconds timeout{10'000};  // of one request
    std::string trusted_file{};                 // PEM; "" : the system's
    std::vector<std::string> complaints{};      // about variables that were left aside
};
using GetVariable = std::function<std::optional<std::string>(const std::string& name)>;
// Empty: no spans are sent.
std::optional<TraceSettings> trace_settings(const GetVariable& get);

}  // namespace outlay::app
