// Target: the request target taken apart and percent-decoded exactly once (conventions MSG-17 and
// 18). An encoded slash stays data inside its segment. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/server/refusal.hpp"
#include "domain/values/result.hpp"

namespace outlay::api {

struct Target {
    bool is_asterisk = false;                                // "*"
    std::optional<std::string> authority;                    // of the absolute form
    std::vector<std::string> path;                           // "/a/b/" is {"a", "b", ""}, "/" is {}
    std::vector<std::pair<std::string, std::string>> query;  // in order; "+" is a space
};

domain::Result<Target, Refusal> parse_target(std::string_view target);

}  // namespace outlay::api
