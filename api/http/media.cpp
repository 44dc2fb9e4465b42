// Content-Type and Accept.
#include "api/http/media.hpp"

#include <algorithm>
#include <vector>

#include "api/http/field_text.hpp"
#include "api/http/problem.hpp"
#include "platform/json/writer.hpp"

namespace outlay::api {

namespace {

struct Parameter {
    std::string_view name;
    std::string value;
};

struct MediaRange {
    std::string_view type;  // "application/json", "text/*", "*/*"
    std::vector<Parameter> parameters;
};

bool is_type(std::string_view text) {
    const std::size_t slash = text.find('/');
    return slash != std::string_view::npos && is_token(text.substr(0, slash)) &&
           is_token(text.substr(slash + 1));
}

std::optional<MediaRange> parse_range(std::string_view text) {
    MediaRange range;
    range.type = trimmed(cut_unquoted(text, ';'));
    if (!is_type(range.type)) return std::nullopt;
    while (!text.empty()) {
        const std::string_view parameter = trimmed(cut_unquoted(text, ';'));
        if (parameter.empty()) continue;
        const std::size_t equals = parameter.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        auto value = token_or_quoted(parameter.substr(equals + 1));
        if (!is_token(parameter.substr(0, equals)) || !value) return std::nullopt;
        range.parameters.push_back({parameter.substr(0, equals), std::move(*value)});
    }
    return range;
}

// "0", "0.5", "1.000" in thousandths.
std::optional<int> weight_of(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    int weight = (text[0] - '0') * 1000;
    int unit = 100;
    for (const char digit : text.substr(std::min<std::size_t>(text.size(), 2))) {
        if (digit < '0' || digit > '9') return std::nullopt;
        weight += (digit - '0') * unit;
        unit /= 10;
    }
    if (weight > 1000) return std::nullopt;
    return weight;
}

struct Wish {
    std::string_view type;
    int weight = 1000;
};

// Empty if any part is malformed: such a field is ignored as a whole.
std::optional<std::vector<Wish>> wishes_in(const Headers& headers) {
    std::vector<Wish> wishes;
    for (const HeaderField& field : headers.fields()) {
        if (!equal_names(field.name, "Accept")) continue;
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const std::string_view part = trimmed(cut_unquoted(rest, ','));
            if (part.empty()) continue;
            const auto range = parse_range(part);
            if (!range) return std::nullopt;
            Wish wish{range->type};
            for (const Parameter& parameter : range->parameters) {
                if (!equal_names(parameter.name, "q")) continue;
                const auto weight = weight_of(parameter.value);
                if (!weight) return std::nullopt;
                wish.weight = *weight;
            }
            wishes.push_back(wish);
        }
    }
    return wishes;
}

// How closely a range names a type: 3 exactly, 2 by "text/*", 1 by "*/*", 0 not at all.
int closeness(std::string_view range, std::string_view type) {
    if (equal_names(range, type)) return 3;
    if (range == "*/*") return 1;
    const std::size_t slash = type.find('/');
    const bool is_family = range.ends_with("/*") && equal_names(range.substr(0, range.size() - 1),
                                                                type.substr(0, slash + 1));
    return is_family ? 2 : 0;
}

int weight_for(const std::vector<Wish>& wishes, std::string_view type) {
    int best = 0;
    int weight = 0;
    for (const Wish& wish : wishes) {
        const int close = closeness(wish.type, type);
        if (close <= best) continue;
        best = close;
        weight = wish.weight;
    }
    return weight;
}

std::string joined(MediaTypes types) {
    std::string text;
    for (const std::string_view type : types) {
        if (!text.empty()) text += ", ";
        text += type;
    }
    return text;
}

}  // namespace

bool has_media_type(const Headers& headers, MediaTypes accepted) {
    if (headers.count("Content-Type") != 1) return false;
    const auto range = parse_range(*headers.find("Content-Type"));
    if (!range) return false;
    const bool is_utf8 = std::ranges::all_of(range->parameters, [](const Parameter& parameter) {
        return !equal_names(parameter.name, "charset") || equal_names(parameter.value, "utf-8");
    });
    return is_utf8 && std::ranges::any_of(accepted, [&range](std::string_view type) {
               return equal_names(range->type, type);
           });
}

Response unsupported_media_type(Method method, MediaTypes accepted, std::string_view request_id) {
    const std::string list = joined(accepted);
    Response response =
        problem_response(make_problem("unsupported_media_type",
                                      "The body must be declared as one of: " + list + "."),
                         request_id);
    response.headers.add(method == Method::patch ? "Accept-Patch" : "Accept-Post", list);
    return response;
}

std::optional<std::string_view> negotiated(const Headers& headers, MediaTypes offered) {
    const auto wishes = wishes_in(headers);
    if (!wishes || wishes->empty()) return offered.front();
    std::optional<std::string_view> chosen;
    int best = 0;
    for (const std::string_view type : offered) {
        const int weight = weight_for(*wishes, type);
        if (weight <= best) continue;
        best = weight;
        chosen = type;
    }
    return chosen;
}

Response not_acceptable(MediaTypes offered, std::string_view request_id) {
    Problem problem =
        make_problem("not_acceptable", "None of the available media types is acceptable.");
    std::string available;
    json::Writer writer(available);
    writer.begin_array();
    for (const std::string_view type : offered) writer.string(type);
    writer.end_array();
    problem.extra.emplace_back("available", std::move(available));
    return problem_response(problem, request_id);
}

}  // namespace outlay::api
