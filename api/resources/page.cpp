// Cursors are sealed JSON arrays of texts; what they are bound to is the sorted text of all other
// parameters.
#include "api/resources/page.hpp"

#include <algorithm>

#include "api/http/cursor.hpp"
#include "platform/json/writer.hpp"

namespace outlay::api {

namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += hex_digits[byte >> 4U];
        encoded += hex_digits[byte & 15U];
    }
    return encoded;
}

std::string path_of(const RequestHead& head) {
    return head.target.substr(0, head.target.find('?'));
}

// The list that a cursor belongs to: path and all parameters but the page's own.
std::string purpose_of(const Call& call) {
    std::vector<std::string> parameters;
    for (const auto& [name, value] : call.request.head.query) {
        if (name != "cursor" && name != "limit") {
            parameters.push_back(percent_encoded(name) + "=" + percent_encoded(value));
        }
    }
    std::ranges::sort(parameters);
    std::string purpose = "cursor:" + path_of(call.request.head) + "?";
    for (const auto& parameter : parameters) purpose += parameter + "&";
    return purpose;
}

std::string next_target(const RequestHead& head, const std::string& cursor) {
    std::string target = path_of(head) + "?";
    for (const auto& [name, value] : head.query) {
        if (name != "cursor") target += percent_encoded(name) + "=" + percent_encoded(value) + "&";
    }
    return target + "cursor=" + cursor;
}

std::optional<std::vector<std::string>> opened(const Call& call, const std::string& cursor) {
    const auto payload = open(call.node.root_secret, purpose_of(call), cursor);
    if (!payload) return std::nullopt;
    const auto parsed = json::parse(*payload);
    if (!parsed.ok() || parsed->kind() != json::Kind::array) return std::nullopt;
    std::vector<std::string> values;
    for (const auto& item : parsed->items()) values.push_back(item.text());
    return values;
}

}  // namespace

domain::Result<Page, Problem> read_page(const Call& call, QueryReader& query) {
    Page page;
    page.limit = query.integer("limit", {1, page_limit_max}).value_or(page_limit_default);
    const auto cursor = query.text("cursor");
    if (!cursor) return page;
    auto after = opened(call, *cursor);
    if (!after) {
        return domain::Fail{
            make_problem("cursor_invalid", "the cursor was not made for this list")};
    }
    page.after = std::move(*after);
    return page;
}

std::string make_cursor(const Call& call, const std::vector<std::string>& last_row) {
    std::string payload;
    json::Writer out(payload);
    out.begin_array();
    for (const auto& value : last_row) out.string(value);
    out.end_array();
    return seal(call.node.root_secret, purpose_of(call), payload);
}

Response list_response(const Call& call, const std::vector<std::string>& items,
                       const std::optional<std::string>& next) {
    std::string body;
    json::Writer out(body);
    out.begin_object().field("object", "list").key("data").begin_array();
    for (const auto& item : items) out.raw(item);
    out.end_array().field("has_more", next.has_value()).key("next_cursor");
    if (next)
        out.string(*next);
    else
        out.null();
    out.end_object();
    auto response = json_response(200, std::move(body));
    if (next) {
        response.headers.add("Link",
                             "<" + next_target(call.request.head, *next) + ">; rel=\"next\"");
    }
    return response;
}

sql::Result<Response> whole_list(const Call& call, const sql::Result<ListItems>& items) {
    if (!items.ok()) return domain::Fail{items.error()};
    if (!items->ok()) return problem(call, items->error());
    return list_response(call, **items, std::nullopt);
}

std::string Conditions::bind(sql::Value value) {
    parameters_.push_back(std::move(value));
    return "$" + std::to_string(parameters_.size());
}

}  // namespace outlay::api
