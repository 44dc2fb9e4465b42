// RFC 5322 with the encodings of RFC 2045 and 2047: everything that is not a word of ours travels
// in base64, so that no line is too long and none is read as a header.
#include "workers/notifier/mail.hpp"

#include <array>

#include "platform/hash.hpp"
#include "platform/seal.hpp"

namespace outlay::workers::notifier {

namespace {

constexpr std::size_t line_max = 76;  // RFC 2045, section 6.8
constexpr std::size_t word_max = 45;  // bytes in an encoded word of at most 75 characters
constexpr std::string_view end_of_line = "\r\n";

// RFC 2047, section 2.
std::string header_text(std::string_view text) {
    std::string words;
    while (!text.empty()) {
        const auto part = first_bytes(text, word_max);
        words += (words.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + platform::base64(part) + "?=";
        text.remove_prefix(part.size());
    }
    return words;
}

std::string body_text(std::string_view text) {
    const auto encoded = platform::base64(text);
    std::string lines;
    for (std::size_t at = 0; at < encoded.size(); at += line_max)
        lines.append(encoded, at, line_max).append(end_of_line);
    return lines;
}

std::string html_escaped(std::string_view text) {
    std::string safe;
    for (const char letter : text) {
        if (letter == '&')
            safe += "&amp;";
        else if (letter == '<')
            safe += "&lt;";
        else if (letter == '>')
            safe += "&gt;";
        else if (letter == '"')
            safe += "&quot;";
        else
            safe += letter;
    }
    return safe;
}

std::string html_of(const Notice& notice) {
    std::string html =
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\">"
        "<meta name=\"color-scheme\" content=\"light dark\"></head><body><h1>" +
        html_escaped(notice.title) + "</h1><table>";
    for (const auto& [label, value] : notice.facts) {
        html += "<tr><th align=\"left\">" + html_escaped(label) + "</th><td>" +
                html_escaped(value) + "</td></tr>";
    }
    html += "</table>";
    if (!notice.link.empty())
        html += "<p><a href=\"" + html_escaped(notice.link) + "\">Open in Outlay</a></p>";
    return html + "</body></html>";
}

// "Fri, 20 Nov 2026 08:15:00 +0000" (RFC 5322, section 3.3).
std::string date_text(domain::Instant at) {
    constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::chrono::sys_time<std::chrono::microseconds> time{
        std::chrono::microseconds{at.micros}};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::weekday weekday{day};
    const auto clock = at.text().substr(11, 8);  // of 2026-11-20T08:15:00.123456Z
    return std::string(days.at(weekday.c_encoding())) + ", " +
           std::to_string(static_cast<unsigned>(date.day())) + " " +
           std::string(months.at(static_cast<unsigned>(date.month()) - 1)) + " " +
           std::to_string(static_cast<int>(date.year())) + " " + clock + " +0000";
}

std::string part_of(std::string_view type, std::string_view text) {
    return "Content-Type: " + std::string(type) +
           "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body_text(text);
}

std::string identity(const MailFrame& frame, const std::string& local) {
    return "<" + local + "@" + frame.from.substr(frame.from.rfind('@') + 1) + ">";
}

std::string header_of(const Notice& notice, const MailFrame& frame, const std::string& boundary) {
    std::string header = "From: Outlay <" + frame.from + ">\r\nTo: <" + frame.to +
                         ">\r\nSubject: " + header_text(notice.title) +
                         "\r\nDate: " + date_text(frame.at) +
                         "\r\nMessage-ID: " + message_id_of(frame) + "\r\n";
    if (!frame.thread.empty()) {
        const auto thread = identity(frame, frame.thread) + "\r\n";
        header += "In-Reply-To: " + thread + "References: " + thread;
    }
    header += "Auto-Submitted: auto-generated\r\n";
    if (!frame.unsubscribe.empty()) {
        header += "List-Unsubscribe: <" + frame.unsubscribe +
                  ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    }
    return header + "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"" +
           boundary + "\"\r\n\r\n";
}

}  // namespace

std::string message_id_of(const MailFrame& frame) {
    return identity(frame, frame.message_id);
}

platform::Mail mail_of(const Notice& notice, const MailFrame& frame) {
    const auto boundary = "outlay-" + frame.message_id;  // base64 has no hyphen
    const auto link = notice.link.empty() ? "" : "\n" + notice.link + "\n";
    const auto text = notice.title + "\n\n" + lines_of(notice) + "\n" + link;
    return {frame.to, header_of(notice, frame, boundary) + "--" + boundary + "\r\n" +
                          part_of("text/plain", text) + "--" + boundary + "\r\n" +
                          part_of("text/html", html_of(notice)) + "--" + boundary + "--\r\n"};
}

}  // namespace outlay::workers::notifier
