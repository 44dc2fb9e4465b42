// Idempotency keys (conventions 1.3 as DESIGN.md narrows them) and the canonical text of a request
// whose fingerprint tells a retry from another use of the same key. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/http/message.hpp"
#include "api/http/problem.hpp"
#include "domain/values/result.hpp"
#include "platform/json/value.hpp"

namespace outlay::api {

inline constexpr std::size_t idempotency_key_chars_max = 255;

// 1 to 255 visible ASCII characters.
bool is_idempotency_key(std::string_view key);

// The Idempotency-Key field: a quoted structured-field string or the bare text, which are the same
// key. Empty if there is no such field.
domain::Result<std::optional<std::string>, Problem> idempotency_key_in(const Headers& headers);

// Method, path and body in one form, whatever order and spacing the body was sent with. `body` may
// be null: none.
std::string canonical_request(Method method, std::string_view path, const json::Value* body);
// The path of a request as canonical_request wants it: decoded segments, with "/" and "%" inside
// them escaped.
std::string canonical_path(const std::vector<std::string>& segments);
// The same for a whole request whose body is in canonical form already; "" without one.
std::string canonical_request(const RequestHead& head, std::string_view canonical_body);

}  // namespace outlay::api
