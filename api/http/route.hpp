// RouteTable: finds the route of a request by comparing path segments. Literal segments win over
// parameters, so
// ".../expenses/bulk" is never an expense with the id "bulk". Built once; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/resources/call.hpp"

namespace outlay::api {

// All routes that share a pattern.
struct RoutePattern {
    std::vector<std::string_view> segments;  // "{ws}" is a parameter
    std::vector<const Route*> routes;

    // HEAD is answered by the GET route.
    const Route* find(Method method) const;
    std::string allow() const;  // "GET, HEAD, POST, OPTIONS"
    // The media types that a method of the pattern takes, as a field value; "" for none.
    std::string accepted(Method method) const;
};

class RouteTable {
public:
    // The tables must outlive this one.
    explicit RouteTable(std::span<const std::span<const Route>> tables);

    // The pattern that a path belongs to; null for none. A trailing slash belongs to nothing.
    const RoutePattern* match(const std::vector<std::string>& path) const;
    const std::vector<RoutePattern>& patterns() const { return patterns_; }

private:
    std::vector<RoutePattern> patterns_;  // literal before parameter, segment by segment
};

using PathParameters = std::unordered_map<std::string_view, std::string>;
PathParameters parameters_of(const RoutePattern& pattern, const std::vector<std::string>& path);
// The query parameters that a route takes.
std::vector<std::string_view> parameters_of(const Route& route);
// The members of a comma-separated table entry.
std::vector<std::string_view> entries_of(std::string_view list);

// The tables of all resources.
std::vector<std::span<const Route>> every_route();

}  // namespace outlay::api
