// Media types: which body a route takes and which answer a client accepts (conventions NEG-04 and
// 05). Types are written in lower case, "application/json". Pure.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "api/http/message.hpp"

namespace outlay::api {

using MediaTypes = std::span<const std::string_view>;

// True if the body is declared, once, as one of `accepted` in UTF-8.
bool has_media_type(const Headers& headers, MediaTypes accepted);
// 415, with Accept-Post or Accept-Patch.
Response unsupported_media_type(Method method, MediaTypes accepted, std::string_view request_id);

// The type of `offered` (best first) that the client likes most; the first for no or a malformed
// Accept, empty if it refuses all of them.
std::optional<std::string_view> negotiated(const Headers& headers, MediaTypes offered);
// 406, with what is offered.
Response not_acceptable(MediaTypes offered, std::string_view request_id);

}  // namespace outlay::api
