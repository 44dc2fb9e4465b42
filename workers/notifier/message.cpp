// What an endpoint's answer means.
#include "workers/notifier/message.hpp"

#include <algorithm>

namespace outlay::workers::notifier {

namespace {

using platform::HttpFailure;
using views::DeliveryError;

std::string_view name_of(HttpFailure kind) {
    switch (kind) {
        case HttpFailure::refused:
            return "refused: ";
        case HttpFailure::unresolved:
            return "name not resolved: ";
        case HttpFailure::connect:
            return "no connection: ";
        case HttpFailure::tls:
            return "TLS: ";
        case HttpFailure::timeout:
            return "timeout: ";
        case HttpFailure::broken:
            return "broken answer: ";
    }
    return "";
}

}  // namespace

DeliveryError class_of(HttpFailure failure) {
    switch (failure) {
        case HttpFailure::refused:
            return DeliveryError::refused;
        case HttpFailure::unresolved:
            return DeliveryError::unresolved;
        case HttpFailure::connect:
            return DeliveryError::connect;
        case HttpFailure::tls:
            return DeliveryError::tls;
        case HttpFailure::timeout:
            return DeliveryError::timeout;
        case HttpFailure::broken:
            return DeliveryError::broken;
    }
    return DeliveryError::broken;
}

std::string printable(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (const char c : bytes) {
        const bool is_plain = (c >= ' ' && c < '\x7f') || c == '\n' || c == '\t';
        text.push_back(is_plain ? c : '?');
    }
    return text;
}

Attempt attempt_of(const domain::Result<platform::HttpAnswer, platform::HttpError>& answer,
                   std::span<const int> final_statuses) {
    Attempt attempt;
    if (!answer.ok()) {
        attempt.error = std::string(name_of(answer.error().kind)) + answer.error().detail;
        attempt.error_class = class_of(answer.error().kind);
        return attempt;
    }
    const int status = answer->status;
    attempt.status = status;
    attempt.answer = printable(answer->body);
    if (status >= 200 && status < 300) {
        attempt.end = End::delivered;
        return attempt;
    }
    attempt.error = "the endpoint answered " + std::to_string(status);
    attempt.retry_after = answer->retry_after;
    const bool is_final = std::ranges::find(final_statuses, status) != final_statuses.end();
    if (is_final) attempt.end = End::gone;
    attempt.error_class = is_final ? DeliveryError::gone : DeliveryError::status;
    return attempt;
}

}  // namespace outlay::workers::notifier
