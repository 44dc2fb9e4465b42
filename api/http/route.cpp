// A few dozen patterns, compared segment by segment.
#include "api/http/route.hpp"

#include <algorithm>
#include <array>

namespace outlay::api {

namespace {

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{');
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = text.find(separator);
        if (end != 0) parts.push_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return parts;
}

// Literals stand before parameters, so the first match is the closest one.
bool is_closer(const RoutePattern& left, const RoutePattern& right) {
    return std::ranges::lexicographical_compare(left.segments, right.segments, [](auto a, auto b) {
        if (is_parameter(a) != is_parameter(b)) return is_parameter(b);
        return a < b;
    });
}

bool fits(const RoutePattern& pattern, const std::vector<std::string>& path) {
    return std::ranges::equal(pattern.segments, path,
                              [](std::string_view wanted, const std::string& given) {
                                  return is_parameter(wanted) ? !given.empty() : wanted == given;
                              });
}

}  // namespace

const Route* RoutePattern::find(Method method) const {
    const Method wanted = method == Method::head ? Method::get : method;
    const auto found =
        std::ranges::find(routes, wanted, [](const Route* route) { return route->method; });
    return found == routes.end() ? nullptr : *found;
}

std::string RoutePattern::allow() const {
    constexpr std::array order{Method::get, Method::head, Method::post, Method::patch,
                               Method::delete_};
    std::string methods;
    for (const Method method : order) {
        if (find(method) != nullptr) methods.append(method_name(method)).append(", ");
    }
    return methods + "OPTIONS";
}

std::string RoutePattern::accepted(Method method) const {
    const auto found =
        std::ranges::find(routes, method, [](const Route* route) { return route->method; });
    if (found == routes.end()) return {};
    std::string list;
    for (const auto type : entries_of((*found)->consumes))
        list.append(list.empty() ? "" : ", ").append(type);
    return list;
}

RouteTable::RouteTable(std::span<const std::span<const Route>> tables) {
    for (const auto table : tables) {
        for (const Route& route : table) {
            RoutePattern pattern{split(route.pattern, '/'), {}};
            const auto known =
                std::ranges::find(patterns_, pattern.segments, &RoutePattern::segments);
            auto& place =
                known == patterns_.end() ? patterns_.emplace_back(std::move(pattern)) : *known;
            CHECK(place.find(route.method) == nullptr, "two routes for one method and pattern");
            place.routes.push_back(&route);
        }
    }
    std::ranges::stable_sort(patterns_, is_closer);
}

const RoutePattern* RouteTable::match(const std::vector<std::string>& path) const {
    const auto found =
        std::ranges::find_if(patterns_, [&](const auto& pattern) { return fits(pattern, path); });
    return found == patterns_.end() ? nullptr : &*found;
}

PathParameters parameters_of(const RoutePattern& pattern, const std::vector<std::string>& path) {
    PathParameters parameters;
    for (std::size_t i = 0; i < pattern.segments.size(); ++i) {
        if (is_parameter(pattern.segments[i])) parameters.emplace(pattern.segments[i], path[i]);
    }
    return parameters;
}

std::vector<std::string_view> parameters_of(const Route& route) {
    std::vector<std::string_view> names;
    for (const auto list : route.parameters) {
        for (const auto name : entries_of(list)) names.push_back(name);
    }
    return names;
}

std::vector<std::string_view> entries_of(std::string_view list) {
    return split(list, ',');
}

std::vector<std::span<const Route>> every_route() {
    return {workspace_routes(),
            member_routes(),
            service_account_routes(),
            service_account_key_routes(),
            user_routes(),
            category_routes(),
            expense_routes(),
            bulk_routes(),
            export_routes(),
            budget_routes(),
            budget_action_routes(),
            alert_routes(),
            channel_routes(),
            delivery_routes(),
            message_routes(),
            stream_routes(),
            unsubscribe_routes(),
            recovery_routes(),
            notice_routes(),
            report_routes(),
            operation_routes(),
            document_routes()};
}

}  // namespace outlay::api
