// Strict reading of query parameters.
#include "api/http/query.hpp"

#include <algorithm>
#include <charconv>

namespace outlay::api {

namespace {

std::string joined(std::span<const std::string_view> names) {
    std::string text;
    for (const std::string_view name : names) {
        if (!text.empty()) text += ", ";
        text += name;
    }
    return text;
}

// A parameter name comes from the client: long ones are cut in what is sent back.
std::string_view shortened(std::string_view name) {
    return name.substr(0, 64);
}

std::optional<Problem> problem_with(std::vector<domain::FieldError> errors) {
    if (errors.empty()) return std::nullopt;
    Problem problem =
        make_problem("malformed_parameter", "A query parameter is malformed or unknown.");
    problem.errors = std::move(errors);
    return problem;
}

}  // namespace

std::optional<Problem> undeclared_parameters(const QueryParameters& parameters,
                                             const std::vector<std::string_view>& declared) {
    std::vector<domain::FieldError> errors;
    for (const auto& [name, value] : parameters) {
        if (std::ranges::find(declared, name) != declared.end()) continue;
        errors.push_back(parameter_error(shortened(name), "unknown",
                                         declared.empty()
                                             ? "This route takes no parameters."
                                             : "This route takes " + joined(declared) + "."));
    }
    return problem_with(std::move(errors));
}

const std::string* QueryReader::value_of(std::string_view name) {
    const std::string* value = nullptr;
    bool is_repeated = false;
    for (const auto& [present, text] : parameters_) {
        if (present != name) continue;
        is_repeated = is_repeated || value != nullptr;
        value = &text;
    }
    if (is_repeated) {
        reject(name, "repeated", "The parameter is given more than once.");
        return nullptr;
    }
    return value;
}

std::optional<std::string> QueryReader::text(std::string_view name) {
    const std::string* value = value_of(name);
    if (value == nullptr) return std::nullopt;
    if (value->size() > query_text_max) {
        reject(name, "too_long", "The value is too long.");
        return std::nullopt;
    }
    return *value;
}

std::optional<std::int64_t> QueryReader::integer(std::string_view name, IntegerRange range) {
    const std::string* value = value_of(name);
    if (value == nullptr) return std::nullopt;
    std::int64_t number = 0;
    const char* const end = value->data() + value->size();
    const auto parsed = std::from_chars(value->data(), end, number);
    const bool is_integer = parsed.ec == std::errc{} && parsed.ptr == end;
    if (is_integer && number >= range.min && number <= range.max) return number;
    reject(name, is_integer ? "out_of_range" : "malformed",
           "Expected an integer from " + std::to_string(range.min) + " to " +
               std::to_string(range.max) + ".");
    return std::nullopt;
}

std::optional<bool> QueryReader::boolean(std::string_view name) {
    static constexpr std::string_view words[] = {"true", "false"};
    const auto word = one_of(name, words);
    if (!word) return std::nullopt;
    return *word == "true";
}

std::optional<domain::Date> QueryReader::date(std::string_view name) {
    const std::string* value = value_of(name);
    if (value == nullptr) return std::nullopt;
    const auto date = domain::Date::parse(*value);
    if (!date) reject(name, "malformed", "Expected a day such as 2026-11-20.");
    return date;
}

std::optional<domain::Instant> QueryReader::instant(std::string_view name) {
    const std::string* value = value_of(name);
    if (value == nullptr) return std::nullopt;
    const auto instant = domain::Instant::parse(*value);
    if (!instant) reject(name, "malformed", "Expected an instant such as 2026-11-20T08:15:00Z.");
    return instant;
}

std::optional<std::string> QueryReader::one_of(std::string_view name,
                                               std::span<const std::string_view> allowed) {
    const std::string* value = value_of(name);
    if (value == nullptr) return std::nullopt;
    if (std::ranges::find(allowed, *value) != allowed.end()) return *value;
    reject(name, "unknown_value", "Expected one of " + joined(allowed) + ".");
    return std::nullopt;
}

std::vector<std::string> QueryReader::list(std::string_view name) {
    const std::string* value = value_of(name);
    std::vector<std::string> members;
    if (value == nullptr) return members;
    for (std::size_t begin = 0; begin <= value->size() && members.size() <= query_list_max;) {
        const std::size_t end = std::min(value->find(',', begin), value->size());
        members.push_back(value->substr(begin, end - begin));
        begin = end + 1;
    }
    std::vector<std::string> sorted = members;
    std::ranges::sort(sorted);
    const bool is_sound = !sorted.front().empty() &&
                          std::ranges::adjacent_find(sorted) == sorted.end() &&
                          members.size() <= query_list_max && value->size() <= query_text_max * 4;
    if (is_sound) return members;
    reject(name, "malformed",
           "Expected up to " + std::to_string(query_list_max) +
               " different values, separated by commas.");
    return {};
}

std::vector<std::string> QueryReader::list_of(std::string_view name,
                                              std::span<const std::string_view> allowed) {
    std::vector<std::string> members = list(name);
    for (const std::string& member : members) {
        if (std::ranges::find(allowed, member) != allowed.end()) continue;
        reject(name, "unknown_value", "Expected some of " + joined(allowed) + ".");
        return {};
    }
    return members;
}

std::vector<SortField> QueryReader::sort(std::span<const std::string_view> allowed) {
    std::vector<SortField> fields;
    for (const std::string& member : list("sort")) {
        const bool is_descending = member.starts_with('-');
        SortField field{member.substr(is_descending ? 1 : 0), is_descending};
        const bool is_repeated =
            std::ranges::find(fields, field.name, &SortField::name) != fields.end();
        if (is_repeated || std::ranges::find(allowed, field.name) == allowed.end()) {
            reject("sort", "unknown_value",
                   "Expected fields of " + joined(allowed) + ", \"-\" for descending.");
            return {};
        }
        fields.push_back(std::move(field));
    }
    return fields;
}

void QueryReader::reject(std::string_view name, std::string_view code, std::string detail) {
    errors_.push_back(parameter_error(shortened(name), std::string(code), std::move(detail)));
}

std::optional<Problem> QueryReader::problem() {
    return problem_with(std::move(errors_));
}

}  // namespace outlay::api
