// Finds the row of a type and lets it read or write.
#include "events/codec.hpp"

#include <algorithm>

#include "events/family.hpp"
#include "events/upcast.hpp"

namespace outlay::events {

namespace {

using Families = std::array<std::span<const TypeEntry>, std::variant_size_v<domain::Event>>;

// In the order of domain::Event.
const Families& families() {
    static const Families all{workspace_types(), categories_types(), expense_types(),
                              budget_types(), channel_types()};
    return all;
}

const TypeEntry& entry_of(const domain::Event& event) {
    const std::size_t index = std::visit([](const auto& family) { return family.index(); }, event);
    return families()[event.index()][index];
}

const TypeEntry* find_type(std::string_view name) {
    for (const auto& family : families()) {
        const auto entry = std::ranges::find(family, name, &TypeEntry::name);
        if (entry != family.end()) return &*entry;
    }
    return nullptr;
}

constexpr std::size_t usual_data_bytes = 256;

using Decoded = domain::Result<domain::Event, DecodeError>;

Decoded refuse(DecodeErrorKind kind, std::string detail) {
    return domain::Fail{DecodeError{kind, std::move(detail)}};
}

Decoded read(const TypeEntry& type, const json::Value& data) {
    Trail trail;
    auto event = type.read(data, trail);
    if (event) return std::move(*event);
    const std::string place = trail.path().empty() ? "data" : "data/" + trail.path();
    return refuse(DecodeErrorKind::malformed,
                  std::string(type.name) + ": " + place + " is missing or not what it must be");
}

}  // namespace

Encoded encode(const domain::Event& event) {
    const TypeEntry& type = entry_of(event);
    Encoded encoded{type.name, static_cast<int>(type.schema), {}};
    encoded.data.reserve(usual_data_bytes);
    json::Writer writer(encoded.data);
    std::visit([&writer](const auto& family) { write_data(writer, family); }, event);
    return encoded;
}

std::string_view type_name(const domain::Event& event) {
    return entry_of(event).name;
}

Decoded decode(std::string_view type, std::int64_t schema, const json::Value& data) {
    const TypeEntry* const entry = find_type(type);
    if (entry == nullptr) {
        return refuse(DecodeErrorKind::unknown_type,
                      "event type " + std::string(type) + " is not known");
    }
    if (schema == entry->schema) return read(*entry, data);
    const std::string version = std::string(type) + " schema " + std::to_string(schema);
    if (schema < 1) return refuse(DecodeErrorKind::malformed, version + " cannot exist");
    if (schema > entry->schema)
        return refuse(DecodeErrorKind::unknown_schema, version + " is not known");
    return read(*entry, upcast(upcasters(), type, schema, entry->schema, data).data);
}

std::vector<TypeVersion> known_types() {
    std::vector<TypeVersion> types;
    for (const auto& family : families()) {
        for (const TypeEntry& entry : family) types.push_back({entry.name, entry.schema});
    }
    return types;
}

}  // namespace outlay::events
