// A message as a request by the Standard Webhooks specification.
// Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "platform/http_client.hpp"
#include "platform/seal.hpp"
#include "workers/notifier/message.hpp"

namespace outlay::workers::notifier {

// `secret` is "whsec_" and base64. Empty: it has another form.
std::optional<std::string> webhook_signature(std::string_view secret, std::string_view id,
                                             std::int64_t unix_seconds, std::string_view body);
// The request of an attempt at `now`, signed with every secret. Empty: one has another form.
std::optional<platform::HttpRequest> webhook_request(const Message& message, std::string_view url,
                                                     std::span<const std::string> secrets,
                                                     domain::Instant now);

}  // namespace outlay::workers::notifier
