// Observing: what a serving process tells about itself besides metrics: who speaks in its log, and
// where its spans go, as the OTEL_* variables say. Made once, first, by the owner thread, and
// destroyed last.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/settings.hpp"
#include "platform/egress.hpp"
#include "platform/trace/exporter.hpp"

namespace outlay::app {

// The role: "serve", "api", "worker". Never fails: what is wrong with a variable is logged.
class Observing {
public:
    Observing(std::string_view role, const Settings& settings);

private:
    // A collector is the operator's own, wherever it is.
    platform::SystemNetwork network_{};
    std::unique_ptr<platform::Egress> egress_{};
    std::unique_ptr<platform::HttpClient> client_{};
    std::unique_ptr<platform::SpanExporter> exporter_{};
};

}  // namespace outlay::app
