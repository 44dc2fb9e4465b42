// Signing by https://www.standardwebhooks.com, version 1.0.0.
#include "workers/notifier/webhook.hpp"

#include <algorithm>
#include <charconv>

#include "views/message.hpp"

namespace outlay::workers::notifier {

namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::int64_t micros_per_second = 1'000'000;
constexpr std::int64_t tolerance_s = 300;  // of receivers, for the time of a request

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

std::string_view field_of(const platform::HttpRequest& request, std::string_view name) {
    for (const auto& [present, value] : request.headers) {
        if (present == name) return value;
    }
    return {};
}

bool has_word(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        const auto end = std::min(list.find(' '), list.size());
        if (list.substr(0, end) == word) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

}  // namespace

bool is_signed_by(const platform::HttpRequest& request, std::string_view secret,
                  domain::Instant now) {
    const auto time = field_of(request, "webhook-timestamp");
    std::int64_t seconds = 0;
    const auto [stop, error] = std::from_chars(time.data(), time.data() + time.size(), seconds);
    if (error != std::errc{} || stop != time.data() + time.size()) return false;
    const auto age = now.micros / micros_per_second - seconds;
    if (age > tolerance_s || age < -tolerance_s) return false;
    const auto expected = webhook_signature(domain::channel::Signature::v1, secret,
                                            field_of(request, "webhook-id"), seconds, request.body);
    return expected && has_word(field_of(request, "webhook-signature"), *expected);
}

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
