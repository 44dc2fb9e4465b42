// What is asked for most is what failed, among many that arrived: each such filter is written so
// that the index over those alone serves it.
#include "api/resources/delivery_filter.hpp"

#include <array>
#include <functional>

#include "api/resources/expense_filter.hpp"
#include "domain/channel/message_types.hpp"
#include "views/delivery_error.hpp"

namespace outlay::api {

namespace {

constexpr std::array<std::string_view, 4> states{"pending", "delivered", "dead", "dropped"};
// Sent to single channels, beside what everybody is told.
constexpr std::array own_types{domain::channel::test_message, domain::channel::daily_digest,
                               domain::channel::weekly_digest};

// The types that one of the patterns chooses.
std::vector<std::string> types_of(const std::vector<std::string>& patterns) {
    std::vector<std::string> types;
    const auto add = [&](std::string_view type) {
        if (domain::channel::selects(patterns, type)) types.emplace_back(type);
    };
    for (const auto type : domain::channel::message_types) add(type);
    for (const auto type : own_types) add(type);
    return types;
}

void filter_types(QueryReader& query, Conditions& where) {
    const auto patterns = query.list("type");
    if (patterns.empty()) return;
    for (const auto& pattern : patterns) {
        if (types_of({pattern}).empty())
            query.reject("type", "unknown", "There is no such type of messages.");
    }
    where.add("d.type IN (" + where.bind_all(types_of(patterns), std::identity{}) + ")");
}

bool is_digit_up_to(char c, char last) {
    return c >= '0' && c <= last;
}

// "503", or "5xx" for a class.
void filter_status(QueryReader& query, Conditions& where) {
    const auto wanted = query.text("status");
    if (!wanted) return;
    const bool begins_well =
        wanted->size() == 3 && wanted->front() != '0' && is_digit_up_to(wanted->front(), '5');
    const bool is_class = begins_well && wanted->substr(1) == "xx";
    const bool is_code =
        begins_well && is_digit_up_to((*wanted)[1], '9') && is_digit_up_to((*wanted)[2], '9');
    if (!is_class && !is_code)
        return query.reject("status", "malformed", "Expected a status such as 503, or 5xx.");
    constexpr std::int64_t class_size = 100;
    const std::int64_t first = is_class ? (wanted->front() - '0') * class_size : std::stoi(*wanted);
    const std::int64_t last = is_class ? first + class_size - 1 : first;
    where.add("d.last_status BETWEEN " + where.bind(first) + " AND " + where.bind(last));
    if (wanted->front() != '2') where.add("d.last_error_class IS NOT NULL");
}

}  // namespace

Conditions read_delivery_filters(const domain::WorkspaceId& workspace, QueryReader& query) {
    Conditions where;
    where.add("d.workspace = " + where.bind(workspace.value.text()));
    if (const auto state = query.one_of("state", states))
        where.add("d.state = " + where.bind(*state));
    if (const auto message = query.id<domain::MessageKind>("message"))
        where.add("d.message = " + where.bind(message->value.text()));
    if (const auto error = query.one_of("error_class", views::delivery_error_names))
        where.add("d.last_error_class = " + where.bind(*error));
    filter_types(query, where);
    filter_status(query, where);
    filter_instants(query, where, "created_at", "d.created_at");
    return where;
}

}  // namespace outlay::api
