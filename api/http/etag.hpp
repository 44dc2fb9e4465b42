// Entity tags made of versions, and the conditions that rest on them (RFC 9110 sections 8.8 and
// 13). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.hpp"
#include "api/http/problem.hpp"
#include "domain/values/result.hpp"

namespace outlay::api {

std::string etag_of(std::int64_t version);  // "\"v3\""

struct EntityTag {
    bool is_weak = false;
    std::string text;  // without the quotes
};

// The value of If-Match or If-None-Match.
struct TagList {
    bool is_any = false;  // "*"
    std::vector<EntityTag> tags;
};

// Empty if the field is not there; a Problem if it is not a list of tags.
domain::Result<std::optional<TagList>, Problem> tags_in(const Headers& headers,
                                                        std::string_view field);

// If-Match: strong comparison, weak tags never match. No version: there is no such resource.
bool matches_strongly(const TagList& list, std::optional<std::int64_t> version);
// If-None-Match: weak comparison.
bool matches_weakly(const TagList& list, std::optional<std::int64_t> version);

// 412 with the current tag as header and member, so that the client need not ask for it.
Response precondition_failed(std::int64_t current_version, std::string_view request_id);

}  // namespace outlay::api
