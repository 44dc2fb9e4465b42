// Reads the Authorization field.
#include "api/http/bearer.hpp"

#include <string_view>

namespace outlay::api {

std::optional<std::string> bearer_of(const Headers& headers) {
    constexpr std::string_view scheme = "Bearer ";
    const auto* const field = headers.find("Authorization");
    if (field == nullptr || headers.count("Authorization") != 1 || field->size() <= scheme.size() ||
        !equal_names(std::string_view(*field).substr(0, scheme.size()), scheme)) {
        return std::nullopt;
    }
    const auto begin = field->find_first_not_of(' ', scheme.size());
    return begin == std::string::npos ? std::nullopt : std::optional(field->substr(begin));
}

}  // namespace outlay::api
