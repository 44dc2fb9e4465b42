// The JSON writer escapes what JSON must; the rest of what a terminal obeys is escaped here.
#include "platform/log/quoted.hpp"

#include <cstdint>

#include "platform/json/utf8.hpp"
#include "platform/json/writer.hpp"

namespace outlay::platform {

namespace {

std::string well_formed(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t valid = json::valid_utf8_bytes(text);
        out.append(text, 0, valid);
        text.remove_prefix(valid);
        if (text.empty()) break;
        out.append("\xEF\xBF\xBD");
        text.remove_prefix(1);
    }
    return out;
}

struct Control {  // the control character at the start of a text
    std::uint32_t code_point = 0;
    std::size_t bytes = 0;  // 0: there is none
};

Control control_at_start(std::string_view text) {
    const auto byte = [text](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    if (byte(0) == 0x7FU) return {0x7FU, 1};
    if (byte(0) == 0xC2U && byte(1) >= 0x80U && byte(1) <= 0x9FU) return {byte(1), 2};
    if (byte(0) == 0xE2U && byte(1) == 0x80U && (byte(2) == 0xA8U || byte(2) == 0xA9U)) {
        return {0x2000U + (byte(2) - 0x80U), 3};
    }
    return {};
}

void append_escape(std::string& out, std::uint32_t code_point) {
    constexpr std::string_view hex_digits = "0123456789abcdef";
    out.append("\\u");
    for (const unsigned shift : {12U, 8U, 4U, 0U}) {
        out.push_back(hex_digits[(code_point >> shift) & 0xFU]);
    }
}

}  // namespace

std::string quoted(std::string_view text) {
    std::string plain;
    json::append_escaped(plain, well_formed(text));
    std::string out;
    out.reserve(plain.size());
    for (std::string_view rest = plain; !rest.empty();) {
        const Control control = control_at_start(rest);
        if (control.bytes == 0) {
            out.push_back(rest.front());
            rest.remove_prefix(1);
        } else {
            append_escape(out, control.code_point);
            rest.remove_prefix(control.bytes);
        }
    }
    return out;
}

}  // namespace outlay::platform
