// Families are spelt out as types.
#include "api/resources/message_choice.hpp"

#include <functional>

#include "domain/channel/message_types.hpp"

namespace outlay::api {

void MessageChoice::add_to(Conditions& where) const {
    where.add("m.channel IS NULL");
    if (types.empty()) return where.add("NOT m.is_change");
    where.add("m.kind IN (" + where.bind_all(types, std::identity{}) + ")");
    if (!has_changes) where.add("NOT m.is_change");
}

MessageChoice read_message_choice(QueryReader& query, std::string_view parameter) {
    MessageChoice choice;
    const auto patterns = query.list(parameter);
    for (const auto& pattern : patterns) {
        if (!domain::channel::is_pattern(pattern))
            query.reject(parameter, "unknown", "There is no such type of messages.");
    }
    for (const auto type : domain::channel::message_types) {
        if (!domain::channel::selects(patterns, type)) continue;
        choice.types.emplace_back(type);
        choice.has_changes = choice.has_changes || domain::channel::is_change(type);
    }
    return choice;
}

}  // namespace outlay::api
