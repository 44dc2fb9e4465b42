// Conversions between members and texts.
#include "app/setting_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <type_traits>

namespace outlay::app {

namespace {

using Complaint = domain::Fail<std::string>;

constexpr std::string_view mask = "***";

std::optional<bool> switch_of(std::string_view text) {
    constexpr std::array<std::string_view, 4> yes{"true", "1", "yes", "on"};
    constexpr std::array<std::string_view, 4> no{"false", "0", "no", "off"};
    if (std::ranges::find(yes, text) != yes.end()) return true;
    if (std::ranges::find(no, text) != no.end()) return false;
    return std::nullopt;
}

// What a person needs to see what is wrong, unless it is a secret.
std::string quoted(const Setting& setting, const std::string& text) {
    return setting.secrecy == Secrecy::none ? "\"" + text + "\" " : "";
}

// From `begin` to the next of `ends` stands a secret.
void hide(std::string& text, std::size_t begin, std::string_view ends) {
    const auto end = std::min(text.find_first_of(ends, begin), text.size());
    text.replace(begin, end - begin, mask);
}

// scheme://USER:PASSWORD@HOST, also with a password that holds what should have been escaped.
void hide_in_authority(std::string& text) {
    const auto scheme = text.find("://");
    const auto at = text.rfind('@');
    if (scheme == std::string::npos || at == std::string::npos || at < scheme) return;
    const auto colon = text.find(':', scheme + 3);
    if (colon < at) text.replace(colon + 1, at - colon - 1, mask);
}

// ...?password=SECRET&... and "host=db password=SECRET". A quoted one may hold blanks: all after it
// goes.
void hide_in_words(std::string& text) {
    constexpr std::string_view word = "password=";
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
        at += word.size();
        const bool is_quoted = at < text.size() && text[at] == '\'';
        hide(text, at, is_quoted ? "" : "& ");
    }
}

}  // namespace

domain::Status<std::string> assign(Settings& settings, const Setting& setting,
                                   const std::string& text) {
    if (setting.rule != nullptr && !text.empty()) {
        const auto fits = setting.rule(text);
        if (!fits.ok()) return Complaint{quoted(setting, text) + fits.error()};
    }
    const auto set = [&](auto member) -> domain::Status<std::string> {
        auto& value = settings.*member;
        using Value = std::remove_reference_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::string>) {
            value = text;
        } else if constexpr (std::is_same_v<Value, bool>) {
            const auto said = switch_of(text);
            if (!said) return Complaint{"\"" + text + "\" is neither true nor false"};
            value = *said;
        } else {
            const auto* const end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, value);
            if (error != std::errc{} || stop != end || text.empty())
                return Complaint{"\"" + text + "\" is no whole number"};
        }
        return domain::Done{};
    };
    return std::visit(set, setting.field);
}

std::string text_in(const Settings& settings, const Setting& setting) {
    const auto read = [&settings](auto member) -> std::string {
        const auto& value = settings.*member;
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::string>)
            return value;
        else if constexpr (std::is_same_v<Value, bool>)
            return value ? "true" : "false";
        else
            return std::to_string(value);
    };
    return std::visit(read, setting.field);
}

std::string masked(const Setting& setting, const std::string& text) {
    if (setting.secrecy == Secrecy::none || text.empty()) return text;
    if (setting.secrecy == Secrecy::whole) return std::string(mask);
    auto shown = text;
    hide_in_authority(shown);
    hide_in_words(shown);
    return shown;
}

}  // namespace outlay::app
