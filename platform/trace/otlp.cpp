// One document for a batch.
#include "platform/trace/otlp.hpp"

#include "platform/json/writer.hpp"

namespace outlay::platform {

namespace {

// SpanKind of the protocol.
std::int64_t number_of(SpanKind kind) {
    switch (kind) {
        case SpanKind::server:
            return 2;
        case SpanKind::client:
            return 3;
        case SpanKind::producer:
            return 4;
        case SpanKind::consumer:
            return 5;
    }
    return 0;
}

void write_text(json::Writer& out, std::string_view name, std::string_view value) {
    out.begin_object().field("key", name).key("value").begin_object();
    out.field("stringValue", value).end_object().end_object();
}

void write_attribute(json::Writer& out, const SpanAttribute& attribute) {
    if (const auto* text = std::get_if<std::string>(&attribute.value))
        return write_text(out, attribute.name, *text);
    // 64-bit numbers are strings in this mapping.
    out.begin_object().field("key", attribute.name).key("value").begin_object();
    out.field("intValue", std::to_string(std::get<std::int64_t>(attribute.value)));
    out.end_object().end_object();
}

std::string nanos(std::int64_t micros) {
    return std::to_string(micros) + "000";
}

bool speaks_of_records(SpanKind kind) {
    return kind == SpanKind::producer || kind == SpanKind::consumer;
}

void write_span(json::Writer& out, const Span& span, const TraceAttributes& messaging) {
    constexpr std::int64_t status_error = 2;
    const auto own = TraceParent::parse(span.trace);
    if (!own) return;
    const auto above = TraceParent::parse(span.parent);
    out.begin_object().field("traceId", own->trace_id).field("spanId", own->span_id);
    if (above) out.field("parentSpanId", above->span_id);
    out.field("name", span.name)
        .field("kind", number_of(span.kind))
        .field("startTimeUnixNano", nanos(span.begun_at))
        .field("endTimeUnixNano", nanos(span.ended_at))
        .key("attributes")
        .begin_array();
    for (const auto& attribute : span.attributes) write_attribute(out, attribute);
    if (speaks_of_records(span.kind)) {
        for (const auto& [name, value] : messaging) write_text(out, name, value);
    }
    out.end_array();
    if (span.is_error) {
        out.key("status").begin_object().field("code", status_error).end_object();
    }
    out.end_object();
}

}  // namespace

std::string otlp_document(const TraceResource& resource, std::span<const Span> spans) {
    std::string document;
    json::Writer out(document);
    out.begin_object().key("resourceSpans").begin_array().begin_object();
    out.key("resource").begin_object().key("attributes").begin_array();
    for (const auto& [name, value] : resource.attributes) write_text(out, name, value);
    out.end_array().end_object().key("scopeSpans").begin_array().begin_object();
    out.key("scope").begin_object().field("name", "outlay");
    out.field("version", resource.scope_version).end_object().key("spans").begin_array();
    for (const auto& span : spans) write_span(out, span, resource.messaging);
    out.end_array().end_object().end_array().end_object().end_array().end_object();
    return document;
}

}  // namespace outlay::platform
