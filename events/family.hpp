// The event types of one aggregate as a table, made from its variant. Used by codec.cpp. Any
// thread.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "domain/aggregate.hpp"
#include "events/fields.hpp"

namespace outlay::events {

struct TypeEntry {
    std::string_view name;  // "expense.recorded"
    std::int64_t
        schema;  // the version that is written; older ones are lifted to it before `read` sees them
    std::optional<domain::Event> (*read)(const json::Value& data, Trail& trail);
};

// Each is defined beside the layouts of its aggregate. The tables are in the order of the variants.
std::span<const TypeEntry> workspace_types();
std::span<const TypeEntry> categories_types();
std::span<const TypeEntry> expense_types();
std::span<const TypeEntry> budget_types();
std::span<const TypeEntry> channel_types();
void write_data(json::Writer& writer, const domain::workspace::Event& event);
void write_data(json::Writer& writer, const domain::categories::Event& event);
void write_data(json::Writer& writer, const domain::expense::Event& event);
void write_data(json::Writer& writer, const domain::budget::Event& event);
void write_data(json::Writer& writer, const domain::channel::Event& event);

// The table of a variant of event structs, each of which has a Layout with `type` and `schema`.
template <typename Family>
struct TypeTable;

template <typename... Events>
struct TypeTable<std::variant<Events...>> {
    using Family = std::variant<Events...>;

    template <typename Event>
    static std::optional<domain::Event> read(const json::Value& data, Trail& trail) {
        auto event = read_object<Event>(data, trail);
        if (!event) return std::nullopt;
        return domain::Event(Family(std::move(*event)));
    }
    static constexpr std::array<TypeEntry, sizeof...(Events)> entries{
        {{Layout<Events>::type, Layout<Events>::schema, &read<Events>}...}};
};

template <typename Family>
void write_event(json::Writer& writer, const Family& family) {
    std::visit([&writer](const auto& event) { write_object(writer, event); }, family);
}

}  // namespace outlay::events
