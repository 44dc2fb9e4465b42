// Spans as OTLP/JSON (opentelemetry-proto, trace service 1.0). Pure.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "platform/trace.hpp"

namespace outlay::platform {

using TraceAttributes = std::vector<std::pair<std::string, std::string>>;

// What all spans of a process have in common.
struct TraceResource {
    TraceAttributes attributes{};  // "service.name", ...
    std::string scope_version{};
    TraceAttributes messaging{};  // of spans that produce or consume records
};
std::string otlp_document(const TraceResource& resource, std::span<const Span> spans);

}  // namespace outlay::platform
