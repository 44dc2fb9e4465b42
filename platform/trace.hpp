// Trace context (W3C): which trace something belongs to, and the spans of this process. Spans are
// kept like lines of the log: handed over at once, and dropped where nobody takes them in time. Any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace outlay::platform {

// What a traceparent says. The views live as long as the text.
struct TraceParent {
    std::string_view trace_id;  // 32 hexadecimal digits
    std::string_view span_id;   // 16 of them
    bool is_sampled = false;
    // Of any version, of which only the first parts are read; empty if it is malformed.
    static std::optional<TraceParent> parse(std::string_view text);
};
// The traceparent of a new span: in the trace of `parent` with its sampling, if that is a valid
// one; else in a new trace, which is sampled as was configured.
std::string span_below(std::string_view parent);

enum class SpanKind { server, client, producer, consumer };
struct SpanAttribute {
    std::string_view name;  // static storage
    std::variant<std::string, std::int64_t> value;
};
struct Span {
    std::string trace;   // traceparent of the span itself
    std::string parent;  // traceparent of the one above; "" : there is none
    std::string name;
    SpanKind kind = SpanKind::server;
    std::int64_t begun_at = 0;  // microseconds of Unix time
    std::int64_t ended_at = 0;
    std::vector<SpanAttribute> attributes{};
    bool is_error = false;
};
// Whether spans of this traceparent go anywhere: if not, they need not be made.
bool is_traced(std::string_view trace);
// Never blocks. What is not sampled, or finds no room, is dropped.
void keep_span(Span span);

}  // namespace outlay::platform
