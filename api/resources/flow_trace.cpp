// Reads and writes traceparent: version-trace_id-parent_id-flags.
#include "api/resources/flow_trace.hpp"

#include <algorithm>
#include <array>

#include "platform/hash.hpp"

namespace outlay::api {

namespace {

constexpr std::size_t version_at = 0;
constexpr std::size_t trace_at = 3;
constexpr std::size_t parent_at = 36;
constexpr std::size_t flags_at = 53;
constexpr std::size_t length = 55;
constexpr std::size_t trace_digits = 32;
constexpr std::size_t parent_digits = 16;

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char digit) {
        return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
    });
}

bool is_all_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

std::string random_hex(std::size_t digits) {
    std::array<std::uint8_t, (trace_digits + parent_digits) / 2> bytes{};
    platform::random_bytes(bytes.data(), digits / 2);
    return platform::hex({reinterpret_cast<const char*>(bytes.data()), digits / 2});
}

}  // namespace

bool is_traceparent(std::string_view text) {
    if (text.size() < length || text[trace_at - 1] != '-' || text[parent_at - 1] != '-' ||
        text[flags_at - 1] != '-') {
        return false;
    }
    const auto version = text.substr(version_at, 2);
    const auto trace = text.substr(trace_at, trace_digits);
    const auto parent = text.substr(parent_at, parent_digits);
    if (!is_hex(version) || !is_hex(trace) || !is_hex(parent) ||
        !is_hex(text.substr(flags_at, 2))) {
        return false;
    }
    if (version == "ff" || is_all_zero(trace) || is_all_zero(parent)) return false;
    // Version 00 ends here; a later one may go on after another dash.
    return text.size() == length || (version != "00" && text[length] == '-');
}

std::string trace_of(const Headers& headers) {
    const auto* const sent = headers.find("traceparent");
    const bool continues =
        sent != nullptr && headers.count("traceparent") == 1 && is_traceparent(*sent);
    // One question to the system for both parts.
    const std::string made = random_hex(continues ? parent_digits : trace_digits + parent_digits);
    const std::string trace =
        continues ? sent->substr(trace_at, trace_digits) : made.substr(parent_digits);
    // Of the flags of a later version only "sampled" is known here.
    constexpr std::string_view odd_digits = "13579bdf";
    const bool is_sampled =
        continues && odd_digits.find((*sent)[flags_at + 1]) != std::string_view::npos;
    return "00-" + trace + "-" + made.substr(0, parent_digits) + (is_sampled ? "-01" : "-00");
}

}  // namespace outlay::api
