// Parses and compares entity tags.
#include "api/http/etag.hpp"

#include <algorithm>

#include "platform/json/writer.hpp"

namespace outlay::api {

namespace {

bool is_tag_octet(char octet) {
    const auto code = static_cast<unsigned char>(octet);
    return code == 0x21 || (code >= 0x23 && code != 0x7F);
}

void skip_separators(std::string_view& rest) {
    const std::size_t begin = rest.find_first_not_of(" \t,");
    rest = begin == std::string_view::npos ? std::string_view() : rest.substr(begin);
}

// Takes W/"..." or "..." off the front.
std::optional<EntityTag> take_tag(std::string_view& rest) {
    EntityTag tag;
    if (rest.starts_with("W/")) {
        tag.is_weak = true;
        rest.remove_prefix(2);
    }
    if (!rest.starts_with('"')) return std::nullopt;
    const std::size_t end = rest.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    tag.text = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    const std::size_t next = rest.find_first_not_of(" \t");
    const bool is_separated = next == std::string_view::npos || rest[next] == ',';
    if (!is_separated || !std::ranges::all_of(tag.text, is_tag_octet)) return std::nullopt;
    return tag;
}

bool take_list(std::string_view rest, TagList& list) {
    for (skip_separators(rest); !rest.empty(); skip_separators(rest)) {
        auto tag = take_tag(rest);
        if (!tag) return false;
        list.tags.push_back(std::move(*tag));
    }
    return true;
}

bool contains(const TagList& list, std::optional<std::int64_t> version, bool weak_tags_count) {
    if (!version) return false;
    if (list.is_any) return true;
    const std::string wanted = "v" + std::to_string(*version);
    return std::ranges::any_of(list.tags, [&](const EntityTag& tag) {
        return (weak_tags_count || !tag.is_weak) && tag.text == wanted;
    });
}

}  // namespace

std::string etag_of(std::int64_t version) {
    return "\"v" + std::to_string(version) + "\"";
}

domain::Result<std::optional<TagList>, Problem> tags_in(const Headers& headers,
                                                        std::string_view field) {
    TagList list;
    const std::size_t lines = headers.count(field);
    if (lines == 0) return std::optional<TagList>();
    if (lines == 1 && *headers.find(field) == "*") {
        list.is_any = true;
        return std::optional<TagList>(std::move(list));
    }
    bool is_sound = true;
    for (const HeaderField& line : headers.fields()) {
        if (equal_names(line.name, field)) is_sound = is_sound && take_list(line.value, list);
    }
    if (is_sound && !list.tags.empty()) return std::optional<TagList>(std::move(list));
    Problem problem = make_problem("malformed_parameter", "A conditional header is malformed.");
    problem.errors.push_back(
        header_error(field, "malformed", R"(Expected "*" or a list of entity tags such as "v3".)"));
    return domain::Fail{std::move(problem)};
}

bool matches_strongly(const TagList& list, std::optional<std::int64_t> version) {
    return contains(list, version, false);
}

bool matches_weakly(const TagList& list, std::optional<std::int64_t> version) {
    return contains(list, version, true);
}

Response precondition_failed(std::int64_t current_version, std::string_view request_id) {
    Problem problem = make_problem("precondition_failed",
                                   "The resource is at another version than the request expects.");
    const std::string tag = etag_of(current_version);
    std::string member;
    json::append_escaped(member, tag);
    problem.extra.emplace_back("current_etag", std::move(member));
    Response response = problem_response(problem, request_id);
    response.headers.add("ETag", tag);
    return response;
}

}  // namespace outlay::api
