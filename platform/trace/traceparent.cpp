// Reads and writes traceparent: version-trace_id-span_id-flags.
#include <algorithm>
#include <array>
#include <charconv>

#include "platform/hash.hpp"
#include "platform/trace.hpp"
#include "platform/trace/queue.hpp"

namespace outlay::platform {

namespace {

constexpr std::size_t trace_at = 3;
constexpr std::size_t span_at = 36;
constexpr std::size_t flags_at = 53;
constexpr std::size_t length = 55;
constexpr std::size_t trace_digits = 32;
constexpr std::size_t span_digits = 16;

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char digit) {
        return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
    });
}

bool is_all_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

std::string random_hex(std::size_t digits) {
    std::array<std::uint8_t, (trace_digits + span_digits) / 2> bytes{};
    random_bytes(bytes.data(), digits / 2);
    return hex({reinterpret_cast<const char*>(bytes.data()), digits / 2});
}

// Every process that knows the trace decides alike: its id is the draw.
bool is_drawn(std::string_view trace_id) {
    auto& queue = span_queue();
    double ratio = 0;
    {
        const std::lock_guard lock(queue.mutex);
        ratio = queue.sampling.ratio;
    }
    constexpr std::size_t drawn_digits = 8;
    constexpr double draws = 4294967296.0;
    std::uint32_t draw = 0;
    const auto digits = trace_id.substr(trace_digits - drawn_digits);
    std::from_chars(digits.data(), digits.data() + digits.size(), draw, 16);
    return static_cast<double>(draw) < ratio * draws;
}

bool is_sampled_below(const TraceParent& parent) {
    auto& queue = span_queue();
    if (!queue.is_open.load(std::memory_order_relaxed)) return parent.is_sampled;
    bool follows = true;
    {
        const std::lock_guard lock(queue.mutex);
        follows = queue.sampling.follows_parent;
    }
    return follows ? parent.is_sampled : is_drawn(parent.trace_id);
}

}  // namespace

std::optional<TraceParent> TraceParent::parse(std::string_view text) {
    if (text.size() < length || text[trace_at - 1] != '-' || text[span_at - 1] != '-' ||
        text[flags_at - 1] != '-') {
        return std::nullopt;
    }
    const auto version = text.substr(0, 2);
    const auto trace = text.substr(trace_at, trace_digits);
    const auto span = text.substr(span_at, span_digits);
    if (!is_hex(version) || !is_hex(trace) || !is_hex(span) || !is_hex(text.substr(flags_at, 2)))
        return std::nullopt;
    if (version == "ff" || is_all_zero(trace) || is_all_zero(span)) return std::nullopt;
    // Version 00 ends here; a later one may go on after another dash.
    if (text.size() != length && (version == "00" || text[length] != '-')) return std::nullopt;
    // Of the flags of a later version only "sampled" is known here.
    constexpr std::string_view odd_digits = "13579bdf";
    return TraceParent{trace, span, odd_digits.find(text[flags_at + 1]) != std::string_view::npos};
}

std::string span_below(std::string_view parent) {
    const auto above = TraceParent::parse(parent);
    // One question to the system for both parts.
    const auto made = random_hex(above ? span_digits : trace_digits + span_digits);
    const auto trace = above ? std::string(above->trace_id) : made.substr(span_digits);
    const bool is_open = span_queue().is_open.load(std::memory_order_relaxed);
    const bool is_sampled = above ? is_sampled_below(*above) : is_open && is_drawn(trace);
    return "00-" + trace + "-" + made.substr(0, span_digits) + (is_sampled ? "-01" : "-00");
}

}  // namespace outlay::platform
