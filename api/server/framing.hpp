// Framing: what the header fields of a request say about where its body ends, and the refusals of
// everything that two readers could understand differently (cpp.md 2.4, conventions MSG-01, 05 to
// 07, 12). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/http/message.hpp"
#include "api/server/refusal.hpp"

namespace outlay::api {

struct Framing {
    bool is_chunked = false;
    std::optional<std::uint64_t> content_length;
    bool expects_continue = false;

    bool has_body() const { return is_chunked || content_length.value_or(0) > 0; }
};

// Empty: the head is sound and `framing` is set.
std::optional<Refusal> judge_framing(const Headers& headers, bool is_http_1_0, Framing& framing);

// host [":" port], as in a Host field and an absolute target; no user information.
bool is_authority(std::string_view text);

}  // namespace outlay::api
