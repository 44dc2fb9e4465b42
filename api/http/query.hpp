// QueryReader: reads query parameters strictly and collects every error; a repeated parameter is
// one. Parameters that a route does not declare never come this far: a misspelt filter must not
// pass for no filter. One reader per request; confined to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http/problem.hpp"
#include "domain/values/dates.hpp"
#include "domain/values/ids.hpp"

namespace outlay::api {

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t query_list_max = 100;   // members of one list parameter
inline constexpr std::size_t query_text_max = 1000;  // bytes of one text parameter

struct IntegerRange {
    std::int64_t min = 0;
    std::int64_t max = 0;
};

struct SortField {
    std::string name;
    bool is_descending = false;
    bool operator==(const SortField&) const = default;
};

// 400 that names every parameter which is not among the `declared` ones; empty if there is none.
std::optional<Problem> undeclared_parameters(const QueryParameters& parameters,
                                             const std::vector<std::string_view>& declared);

class QueryReader {
public:
    // The parameters must outlive the reader.
    explicit QueryReader(const QueryParameters& parameters) : parameters_(parameters) {}

    // Each is empty if the parameter is absent or wrong; a range is read as
    // `date("spent_on[gte]")`.
    std::optional<std::string> text(std::string_view name);
    std::optional<std::int64_t> integer(std::string_view name, IntegerRange range);
    std::optional<bool> boolean(std::string_view name);
    std::optional<domain::Date> date(std::string_view name);
    std::optional<domain::Instant> instant(std::string_view name);
    std::optional<std::string> one_of(std::string_view name,
                                      std::span<const std::string_view> allowed);
    // Comma-separated, without empty and repeated members.
    std::vector<std::string> list(std::string_view name);
    std::vector<std::string> list_of(std::string_view name,
                                     std::span<const std::string_view> allowed);
    // `sort=-spent_on,id`
    std::vector<SortField> sort(std::span<const std::string_view> allowed);

    template <typename Kind>
    std::optional<domain::Id<Kind>> id(std::string_view name) {
        const auto value = text(name);
        return value ? parsed_id<Kind>(name, *value) : std::nullopt;
    }
    template <typename Kind>
    std::vector<domain::Id<Kind>> ids(std::string_view name) {
        std::vector<domain::Id<Kind>> result;
        for (const std::string& member : list(name)) {
            if (const auto parsed = parsed_id<Kind>(name, member)) result.push_back(*parsed);
        }
        return result;
    }

    // For a rule over several parameters.
    void reject(std::string_view name, std::string_view code, std::string detail);
    // To be asked last: 400 with all errors, or empty.
    std::optional<Problem> problem();

private:
    const std::string* value_of(std::string_view name);
    template <typename Kind>
    std::optional<domain::Id<Kind>> parsed_id(std::string_view name, std::string_view value) {
        auto parsed = domain::Id<Kind>::parse(value);
        if (!parsed) {
            reject(name, "malformed",
                   "Expected an id that begins with " + std::string(Kind::prefix) + "_.");
        }
        return parsed;
    }

    const QueryParameters& parameters_;
    std::vector<domain::FieldError> errors_;
};

}  // namespace outlay::api
