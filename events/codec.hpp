// The stored form of domain events: what stands under `type`, `schema` and `data` in a journal
// record. Every type has a JSON Schema in events/schemas and golden samples in events/samples.
// Fields are only ever added; what cannot be added becomes a new schema version with an upcaster.
// Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/aggregate.hpp"
#include "domain/values/result.hpp"
#include "platform/json/value.hpp"

namespace outlay::events {

struct Encoded {
    std::string_view type;  // static storage
    int schema = 0;
    std::string data;  // a JSON object; always the same bytes for the same event
};
Encoded encode(const domain::Event& event);
std::string_view type_name(const domain::Event& event);  // static storage

enum class DecodeErrorKind {
    unknown_type,    // written by a newer program: halt until this one is upgraded
    unknown_schema,  // the same: a newer version of a known type
    malformed,       // no program wrote this
};
struct DecodeError {
    DecodeErrorKind kind = DecodeErrorKind::malformed;
    std::string detail;  // names type and member, never content
};
domain::Result<domain::Event, DecodeError> decode(std::string_view type, std::int64_t schema,
                                                  const json::Value& data);

struct TypeVersion {
    std::string_view name;
    std::int64_t schema;
};
std::vector<TypeVersion> known_types();

}  // namespace outlay::events
