// Finds and judges the raw head of a request.
#include "api/server/head_scan.hpp"

#include <array>

#include "api/server/limits.hpp"

namespace outlay::api {

namespace {

// Octets that may stand inside a line: no controls but the tab; bytes above ASCII are opaque.
constexpr std::array<bool, 256> plain_octets = [] {
    std::array<bool, 256> plain{};
    for (std::size_t i = 0x20; i < plain.size(); ++i) plain[i] = i != 0x7F;
    plain['\t'] = true;
    return plain;
}();

bool is_plain(char octet) {
    return plain_octets[static_cast<unsigned char>(octet)];
}

bool is_digit(char octet) {
    return octet >= '0' && octet <= '9';
}

bool is_visible_ascii(std::string_view text) {
    for (const char octet : text) {
        if (octet <= 0x20 || octet >= 0x7F) return false;
    }
    return !text.empty();
}

bool is_version(std::string_view text) {
    return text.size() == 8 && text.substr(0, 5) == "HTTP/" && is_digit(text[5]) &&
           text[6] == '.' && is_digit(text[7]);
}

}  // namespace

HeadScan::Progress HeadScan::advance(std::string_view bytes) {
    while (position_ < bytes.size()) {
        const bool after_return = position_ > line_begin_ && bytes[position_ - 1] == '\r';
        const char octet = bytes[position_];
        if (octet == '\n') {
            if (!after_return) return refuse(malformed("A line does not end with CR LF."));
            const auto line = bytes.substr(line_begin_, position_ - 1 - line_begin_);
            line_begin_ = ++position_;
            const Progress progress = end_line(line);
            if (progress != Progress::more) return progress;
            continue;
        }
        if (after_return) return refuse(malformed("The head contains a bare carriage return."));
        ++position_;
        if (octet == '\r') continue;
        if (!is_plain(octet)) return refuse(malformed("The head contains a control character."));
        while (position_ < bytes.size() && is_plain(bytes[position_])) ++position_;
    }
    return within_limits();
}

HeadScan::Progress HeadScan::end_line(std::string_view line) {
    if (lines_ == 0 && line.empty()) {
        begin_ = line_begin_;
        if (++empty_lines_ > limits::empty_lines_max) {
            return refuse(malformed("Too many empty lines stand before the request."));
        }
        return Progress::more;
    }
    const Progress limited = within_limits();
    if (limited != Progress::more) return limited;
    if (lines_++ == 0) return request_line(line);
    if (line.empty()) return Progress::complete;
    if (line.front() == ' ' || line.front() == '\t') {
        return refuse(malformed("A header line begins with white space."));
    }
    if (lines_ - 1 > limits::header_fields_max) {
        return refuse({431, "headers_too_large", "The request has too many header fields."});
    }
    return Progress::more;
}

HeadScan::Progress HeadScan::request_line(std::string_view line) {
    fields_begin_ = position_;
    is_head_request_ = line.starts_with("HEAD ");
    const std::size_t method_end = line.find(' ');
    const std::size_t target_end = line.find(' ', method_end + 1);
    if (method_end == std::string_view::npos || target_end == std::string_view::npos) {
        return refuse(malformed("The request line is not: method, target, version."));
    }
    const auto method = line.substr(0, method_end);
    const auto target = line.substr(method_end + 1, target_end - method_end - 1);
    const auto version = line.substr(target_end + 1);
    if (!is_visible_ascii(method) || !is_visible_ascii(target) || !is_version(version)) {
        return refuse(malformed("The request line is not: method, target, version."));
    }
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        return refuse({505, "http_version", "This server speaks HTTP/1.1 and HTTP/1.0."});
    }
    return Progress::more;
}

// Judged for a line that has not ended, too, so that nobody fills the buffer.
HeadScan::Progress HeadScan::within_limits() {
    if (lines_ == 0) {
        if (position_ - begin_ <= limits::request_line_bytes_max + 2) return Progress::more;
        return refuse({414, "uri_too_long", "The request line is too long."});
    }
    if (position_ - fields_begin_ <= limits::header_bytes_max) return Progress::more;
    return refuse({431, "headers_too_large", "The header section is too large."});
}

HeadScan::Progress HeadScan::refuse(Refusal refusal) {
    refusal_ = refusal;
    return Progress::refused;
}

}  // namespace outlay::api
