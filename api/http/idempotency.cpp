// Reads idempotency keys and writes canonical requests.
#include "api/http/idempotency.hpp"

#include <algorithm>

#include "api/http/field_text.hpp"

namespace outlay::api {

bool is_idempotency_key(std::string_view key) {
    return !key.empty() && key.size() <= idempotency_key_chars_max &&
           std::ranges::all_of(key, [](char octet) { return octet > 0x20 && octet < 0x7F; });
}

domain::Result<std::optional<std::string>, Problem> idempotency_key_in(const Headers& headers) {
    constexpr std::string_view name = "Idempotency-Key";
    const std::size_t count = headers.count(name);
    if (count == 0) return std::optional<std::string>();
    const std::string& field = *headers.find(name);
    const bool is_quoted = field.starts_with('"');
    std::optional<std::string> key =
        is_quoted ? quoted_ascii(field) : std::optional<std::string>(field);
    // A bare key with a quote in it is a broken quoted one.
    const bool is_bare_sound = is_quoted || field.find('"') == std::string::npos;
    if (count == 1 && key && is_bare_sound && is_idempotency_key(*key)) return key;
    Problem problem =
        make_problem("idempotency_key_invalid",
                     "An Idempotency-Key is one field with 1 to 255 visible ASCII characters.");
    problem.errors.push_back(
        header_error(name, "malformed", "Expected a token or a quoted string."));
    return domain::Fail{std::move(problem)};
}

std::string canonical_request(Method method, std::string_view path, const json::Value* body) {
    std::string text(method_name(method));
    text.append("\n").append(path).append("\n");
    if (body != nullptr) text += json::canonical(*body);
    return text;
}

std::string canonical_path(const std::vector<std::string>& segments) {
    std::string path;
    for (const std::string& segment : segments) {
        path += '/';
        for (const char octet : segment) {
            if (octet == '/') {
                path += "%2F";
            } else if (octet == '%') {
                path += "%25";
            } else {
                path += octet;
            }
        }
    }
    return path.empty() ? "/" : path;
}

std::string canonical_request(const RequestHead& head, std::string_view canonical_body) {
    return canonical_request(head.method, canonical_path(head.path), nullptr) +
           std::string(canonical_body);
}

}  // namespace outlay::api
