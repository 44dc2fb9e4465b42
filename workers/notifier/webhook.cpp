// Signing by https://www.standardwebhooks.com, version 1.0.0.
#include "workers/notifier/webhook.hpp"

#include "views/message.hpp"

namespace outlay::workers::notifier {

namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::int64_t micros_per_second = 1'000'000;

}  // namespace

std::optional<std::string> webhook_signature(std::string_view secret, std::string_view id,
                                             std::int64_t unix_seconds, std::string_view body) {
    if (!secret.starts_with(secret_prefix)) return std::nullopt;
    const auto key = platform::decode_base64(secret.substr(secret_prefix.size()));
    if (!key || key->empty()) return std::nullopt;
    std::string content(id);
    content.append(".").append(std::to_string(unix_seconds)).append(".").append(body);
    return "v1," + platform::base64(platform::bytes_of(platform::hmac_sha256(*key, content)));
}

std::optional<platform::HttpRequest> webhook_request(const Message& message, std::string_view url,
                                                     std::span<const std::string> secrets,
                                                     domain::Instant now) {
    platform::HttpRequest request;
    request.url = url;
    request.body = views::message_event(message.kind, message.at.text(), message.document);
    const auto seconds = now.micros / micros_per_second;
    std::string signatures;
    for (const auto& secret : secrets) {
        const auto signature = webhook_signature(secret, message.id.text(), seconds, request.body);
        if (!signature) return std::nullopt;
        signatures += (signatures.empty() ? "" : " ") + *signature;
    }
    request.headers = {{"Content-Type", "application/json"},
                       {"webhook-id", message.id.text()},
                       {"webhook-timestamp", std::to_string(seconds)},
                       {"webhook-signature", std::move(signatures)}};
    return request;
}

}  // namespace outlay::workers::notifier
