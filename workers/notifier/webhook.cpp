// Signing by https://www.standardwebhooks.com, version 1.0.0.
#include "workers/notifier/webhook.hpp"

#include <algorithm>

#include "views/message.hpp"

namespace outlay::workers::notifier {

namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::int64_t micros_per_second = 1'000'000;

// Adds the lines "Name: value".
void add_fields(std::string_view lines, platform::HttpRequest& request) {
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size());
        const auto line = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 1, lines.size()));
        const auto colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
}

}  // namespace

std::optional<std::string> webhook_signature(domain::channel::Signature kind,
                                             std::string_view secret, std::string_view id,
                                             std::int64_t unix_seconds, std::string_view body) {
    if (!secret.starts_with(secret_prefix)) return std::nullopt;
    const auto key = platform::decode_base64(secret.substr(secret_prefix.size()));
    if (!key || key->empty()) return std::nullopt;
    std::string content(id);
    content.append(".").append(std::to_string(unix_seconds)).append(".").append(body);
    if (kind == domain::channel::Signature::v1)
        return "v1," + platform::base64(platform::bytes_of(platform::hmac_sha256(*key, content)));
    if (key->size() != platform::ed25519_seed_bytes) return std::nullopt;
    return "v1a," + platform::base64(platform::ed25519_signature(*key, content));
}

std::optional<platform::HttpRequest> webhook_request(const Message& message,
                                                     std::string_view address,
                                                     const Signing& signing, domain::Instant now) {
    platform::HttpRequest request;
    const auto end = std::min(address.find('\n'), address.size());
    request.url = address.substr(0, end);
    request.body = views::message_event(message.kind, message.at.text(), message.document);
    const auto seconds = now.micros / micros_per_second;
    std::string signatures;
    for (const auto& secret : signing.secrets) {
        const auto signature =
            webhook_signature(signing.kind, secret, message.id.text(), seconds, request.body);
        if (!signature) return std::nullopt;
        signatures += (signatures.empty() ? "" : " ") + *signature;
    }
    request.headers = {{"Content-Type", "application/json"},
                       {"webhook-id", message.id.text()},
                       {"webhook-timestamp", std::to_string(seconds)},
                       {"webhook-signature", std::move(signatures)}};
    add_fields(address.substr(std::min(end + 1, address.size())), request);
    return request;
}

}  // namespace outlay::workers::notifier
