// The stored form of category tree events.
#include "events/family.hpp"
#include "events/value_fields.hpp"

namespace outlay::events {

namespace categories = domain::categories;

template <>
struct Layout<categories::CategoryCreated> {
    static constexpr std::string_view type = "category.created";
    static constexpr std::int64_t schema = 1;
    using Event = categories::CategoryCreated;
    static constexpr auto fields =
        std::tuple(Field{"category", &Event::category}, Field{"name", &Event::name},
                   Field{"parent", &Event::parent});
};

template <>
struct Layout<categories::CategoryRenamed> {
    static constexpr std::string_view type = "category.renamed";
    static constexpr std::int64_t schema = 1;
    using Event = categories::CategoryRenamed;
    static constexpr auto fields =
        std::tuple(Field{"category", &Event::category}, Field{"name", &Event::name});
};

template <>
struct Layout<categories::CategoryMoved> {
    static constexpr std::string_view type = "category.moved";
    static constexpr std::int64_t schema = 1;
    using Event = categories::CategoryMoved;
    static constexpr auto fields =
        std::tuple(Field{"category", &Event::category}, Field{"parent", &Event::parent},
                   Field{"today", &Event::today});
};

template <>
struct Layout<categories::CategoryArchived> {
    static constexpr std::string_view type = "category.archived";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields =
        std::tuple(Field{"category", &categories::CategoryArchived::category});
};

template <>
struct Layout<categories::CategoryRestored> {
    static constexpr std::string_view type = "category.restored";
    static constexpr std::int64_t schema = 1;
    static constexpr auto fields =
        std::tuple(Field{"category", &categories::CategoryRestored::category});
};

std::span<const TypeEntry> categories_types() {
    return TypeTable<categories::Event>::entries;
}

void write_data(json::Writer& writer, const categories::Event& event) {
    write_event(writer, event);
}

}  // namespace outlay::events
