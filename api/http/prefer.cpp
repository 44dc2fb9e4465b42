// Reads Prefer fields.
#include "api/http/prefer.hpp"

#include <algorithm>
#include <charconv>

#include "api/http/field_text.hpp"

namespace outlay::api {

namespace {

std::optional<std::chrono::seconds> seconds_of(std::string_view text) {
    const bool is_number = !text.empty() && std::ranges::all_of(text, [](char octet) {
        return octet >= '0' && octet <= '9';
    });
    if (!is_number) return std::nullopt;
    std::int64_t seconds = 0;
    const auto error = std::from_chars(text.data(), text.data() + text.size(), seconds).ec;
    // A number too large for the type is a long wait all the same.
    if (error != std::errc{} || seconds > prefer_wait_max.count()) return prefer_wait_max;
    return std::chrono::seconds(seconds);
}

// Of several equal preferences the first counts.
void apply(std::string_view preference, Preferences& preferences) {
    const std::string_view head =
        trimmed(cut_unquoted(preference, ';'));  // parameters mean nothing here
    const std::size_t equals = head.find('=');
    const std::string_view name = trimmed(head.substr(0, equals));
    const auto value = equals == std::string_view::npos
                           ? std::optional<std::string>("")
                           : token_or_quoted(trimmed(head.substr(equals + 1)));
    if (!value) return;
    if (equal_names(name, "respond-async") && value->empty()) preferences.respond_async = true;
    if (equal_names(name, "wait") && !preferences.wait) preferences.wait = seconds_of(*value);
}

}  // namespace

Preferences preferences_in(const Headers& headers) {
    Preferences preferences;
    for (const HeaderField& field : headers.fields()) {
        if (!equal_names(field.name, "Prefer")) continue;
        std::string_view rest = field.value;
        while (!rest.empty()) apply(cut_unquoted(rest, ','), preferences);
    }
    return preferences;
}

std::string preference_applied(const Preferences& preferences) {
    std::string applied = preferences.respond_async ? "respond-async" : "";
    if (preferences.wait) {
        if (!applied.empty()) applied += ", ";
        applied += "wait=" + std::to_string(preferences.wait->count());
    }
    return applied;
}

}  // namespace outlay::api
