// Strict rules for Host, Content-Length, Transfer-Encoding and Expect.
#include "api/server/framing.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace outlay::api {

namespace {

bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char octet) { return octet >= '0' && octet <= '9'; });
}

bool is_host_octet(char octet) {
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
           (octet >= '0' && octet <= '9') ||
           std::string_view("-._~%!$&'()*+,;=").find(octet) != std::string_view::npos;
}

bool is_ip_literal_octet(char octet) {
    return is_host_octet(octet) || octet == ':';
}

std::optional<Refusal> judge_host(const Headers& headers, bool is_http_1_0) {
    const std::size_t count = headers.count("Host");
    if (count == 0 && is_http_1_0) return std::nullopt;
    if (count != 1) return malformed("A request has exactly one Host field.");
    if (!is_authority(*headers.find("Host"))) return malformed("The Host field is not a host.");
    return std::nullopt;
}

std::optional<Refusal> judge_length(const Headers& headers, Framing& framing) {
    const std::size_t count = headers.count("Content-Length");
    if (count == 0) return std::nullopt;
    const std::string& text = *headers.find("Content-Length");
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    if (count > 1 || !is_digits(text) || !is_whole) {
        return malformed("Content-Length is one decimal number.");
    }
    framing.content_length = length;
    return std::nullopt;
}

std::optional<Refusal> judge_encoding(const Headers& headers, bool is_http_1_0, Framing& framing) {
    const std::vector<std::string_view> codings = list_of(headers, "Transfer-Encoding");
    if (headers.count("Transfer-Encoding") == 0) return std::nullopt;
    if (is_http_1_0) return malformed("HTTP/1.0 has no Transfer-Encoding.");
    if (framing.content_length) {
        return malformed("A request has Content-Length or Transfer-Encoding, not both.");
    }
    const auto is_chunked = [](std::string_view coding) { return equal_names(coding, "chunked"); };
    if (codings.empty() || !is_chunked(codings.back()) ||
        std::ranges::count_if(codings, is_chunked) > 1) {
        return malformed("The last transfer coding is chunked, once and without parameters.");
    }
    if (codings.size() > 1) {
        return Refusal{501, "transfer_coding_unsupported",
                       "Chunked is the only transfer coding here."};
    }
    framing.is_chunked = true;
    return std::nullopt;
}

std::optional<Refusal> judge_expectation(const Headers& headers, bool is_http_1_0,
                                         Framing& framing) {
    if (is_http_1_0) return std::nullopt;
    for (const std::string_view expectation : list_of(headers, "Expect")) {
        if (!equal_names(expectation, "100-continue")) {
            return Refusal{417, "expectation_failed",
                           "The only known expectation is 100-continue."};
        }
        framing.expects_continue = framing.has_body();
    }
    return std::nullopt;
}

}  // namespace

std::optional<Refusal> judge_framing(const Headers& headers, bool is_http_1_0, Framing& framing) {
    std::optional<Refusal> refusal = judge_host(headers, is_http_1_0);
    if (!refusal) refusal = judge_length(headers, framing);
    if (!refusal) refusal = judge_encoding(headers, is_http_1_0, framing);
    if (!refusal) refusal = judge_expectation(headers, is_http_1_0, framing);
    return refusal;
}

bool is_authority(std::string_view text) {
    const bool is_literal = text.starts_with('[');
    const std::size_t host_end = is_literal ? text.find(']') : text.find(':');
    if (is_literal && host_end == std::string_view::npos) return false;
    const auto host = is_literal ? text.substr(1, host_end - 1) : text.substr(0, host_end);
    const auto rest = host_end == std::string_view::npos
                          ? std::string_view()
                          : text.substr(host_end + (is_literal ? 1 : 0));
    if (host.empty() ||
        !std::ranges::all_of(host, is_literal ? is_ip_literal_octet : is_host_octet)) {
        return false;
    }
    if (rest.empty()) return true;
    return rest.front() == ':' &&
           (rest.size() == 1 || (rest.size() <= 6 && is_digits(rest.substr(1))));
}

}  // namespace outlay::api
