// A message as a request by the Standard Webhooks specification.
// Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/channel/events.hpp"
#include "platform/http_client.hpp"
#include "platform/seal.hpp"
#include "workers/notifier/message.hpp"

namespace outlay::workers::notifier {

// What a webhook signs with: "whsec_" and base64, whatever the kind of signature; a key pair grows
// from what is encoded.
struct Signing {
    domain::channel::Signature kind = domain::channel::Signature::v1;
    std::span<const std::string> secrets{};
};
// Empty: the secret has another form.
std::optional<std::string> webhook_signature(domain::channel::Signature kind,
                                             std::string_view secret, std::string_view id,
                                             std::int64_t unix_seconds, std::string_view body);
// Whether who has the secret would take the request at `now`: as receivers check it, from what is
// sent alone.
bool is_signed_by(const platform::HttpRequest& request, std::string_view secret,
                  domain::Instant now);
// The request of an attempt at `now`, signed with every secret. `address`: the URL, then a line for
// each header field. Empty: a secret has another form.
std::optional<platform::HttpRequest> webhook_request(const Message& message,
                                                     std::string_view address,
                                                     const Signing& signing, domain::Instant now);

}  // namespace outlay::workers::notifier
