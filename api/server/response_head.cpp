// Writes the head of an answer.
#include "api/server/response_head.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>

#include "platform/log.hpp"

namespace outlay::api {

namespace {

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_status_line(std::string& out, int status) {
    const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
    const auto reason = boost::beast::http::obsolete_reason(known);
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(status));
    out += ' ';
    out.append(reason.data(), reason.size());
    out += "\r\n";
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char octet) {
        return (octet >= 0 && octet < 0x20 && octet != '\t') || octet == 0x7F;
    });
}

// A value with a line end in it would let whoever chose it write fields, or a whole second answer.
void append_field(std::string& out, std::string_view name, std::string_view value) {
    if (has_control(value)) {
        platform::log(platform::LogLevel::error,
                      "a header field with control characters was dropped", {{"field", name}});
        return;
    }
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_framing(std::string& out, const Response& response, ReplyFraming framing) {
    switch (framing) {
        case ReplyFraming::none:
        case ReplyFraming::until_close:
            return;
        case ReplyFraming::sized:
            out += "Content-Length: ";
            append_number(out, response.body.size());
            out += "\r\n";
            return;
        case ReplyFraming::chunked:
            out += "Transfer-Encoding: chunked\r\n";
            return;
    }
}

}  // namespace

ReplyFraming framing_of(const Response& response, bool is_http_1_0) {
    if (response.status == 204 || response.status == 304) return ReplyFraming::none;
    if (!response.producer) return ReplyFraming::sized;
    return is_http_1_0 ? ReplyFraming::until_close : ReplyFraming::chunked;
}

void append_head(std::string& out, const Response& response, const ReplyFacts& facts,
                 ReplyFraming framing) {
    append_status_line(out, response.status);
    append_field(out, "Date", facts.date);
    out +=
        "Server: outlay\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Referrer-Policy: no-referrer\r\n"
        "Cross-Origin-Resource-Policy: same-origin\r\n";
    append_field(out, "Request-Id", facts.request_id);
    for (const HeaderField& field : response.headers.fields()) {
        append_field(out, field.name, field.value);
    }
    if (!response.content_type.empty() && framing != ReplyFraming::none) {
        append_field(out, "Content-Type", response.content_type);
    }
    append_framing(out, response, framing);
    if (!facts.keep_alive) {
        out += "Connection: close\r\n";
    } else if (facts.is_http_1_0) {
        out += "Connection: keep-alive\r\n";
    }
    out += "\r\n";
}

}  // namespace outlay::api
