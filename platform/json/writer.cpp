// Commas, escapes and integers.
#include "platform/json/writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace outlay::json {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr std::array<bool, 256> make_escaped_bytes() {
    std::array<bool, 256> escaped{};
    for (std::size_t byte = 0; byte < 0x20; ++byte) escaped[byte] = true;
    escaped['"'] = true;
    escaped['\\'] = true;
    return escaped;
}
constexpr std::array<bool, 256> escaped_bytes = make_escaped_bytes();

bool is_escaped(char c) {
    return escaped_bytes[static_cast<unsigned char>(c)];
}

void append_escape(std::string& out, char c) {
    constexpr std::string_view characters = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    const std::size_t index = characters.find(c);
    if (index != std::string_view::npos) {
        out.push_back('\\');
        out.push_back(letters[index]);
        return;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append("\\u00");
    out.push_back(hex_digits[byte >> 4U]);
    out.push_back(hex_digits[byte & 0xFU]);
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    out.push_back('"');
    const auto* run = text.begin();  // start of what has not been copied yet
    for (;;) {
        const auto* const stop = std::find_if(run, text.end(), is_escaped);
        out.append(run, stop);
        if (stop == text.end()) break;
        append_escape(out, *stop);
        run = stop + 1;
    }
    out.push_back('"');
}

void Writer::separate() {
    if (needs_comma_) out_.push_back(',');
    needs_comma_ = true;
}

Writer& Writer::begin_object() {
    separate();
    out_.push_back('{');
    needs_comma_ = false;
    return *this;
}

Writer& Writer::end_object() {
    out_.push_back('}');
    needs_comma_ = true;
    return *this;
}

Writer& Writer::begin_array() {
    separate();
    out_.push_back('[');
    needs_comma_ = false;
    return *this;
}

Writer& Writer::end_array() {
    out_.push_back(']');
    needs_comma_ = true;
    return *this;
}

Writer& Writer::key(std::string_view name) {
    separate();
    append_escaped(out_, name);
    out_.push_back(':');
    needs_comma_ = false;
    return *this;
}

Writer& Writer::string(std::string_view text) {
    separate();
    append_escaped(out_, text);
    return *this;
}

Writer& Writer::integer(std::int64_t value) {
    separate();
    std::array<char, std::numeric_limits<std::int64_t>::digits10 + 2> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out_.append(digits.data(), end);
    return *this;
}

Writer& Writer::boolean(bool value) {
    return raw(value ? "true" : "false");
}

Writer& Writer::null() {
    return raw("null");
}

Writer& Writer::raw(std::string_view json) {
    separate();
    out_.append(json);
    return *this;
}

}  // namespace outlay::json
