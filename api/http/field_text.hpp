// The small grammar that structured header fields share: trimmed parts, separators outside quotes,
// tokens and quoted strings (RFC 9110 section 5.6). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace outlay::api {

std::string_view trimmed(std::string_view text);  // of spaces and tabs
// Takes what stands before the next `separator` that is not inside a quoted string off the front of
// `rest`.
std::string_view cut_unquoted(std::string_view& rest, char separator);
bool is_token(std::string_view text);
// The text of a token, or of a quoted string without quotes and escapes; empty if it is neither.
std::optional<std::string> token_or_quoted(std::string_view text);
// The text of a quoted string of printable ASCII in which only quote and backslash are escaped (RFC
// 8941).
std::optional<std::string> quoted_ascii(std::string_view text);

}  // namespace outlay::api
