// One request through Beast's parser, with the bounds that it lacks.
#include "api/server/request_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/none.hpp>

#include "api/server/limits.hpp"

namespace outlay::api {

namespace http = boost::beast::http;

namespace {

// "0", CR LF, CR LF: no chunked body is shorter. Beast asserts to see so many octets once it knows
// that the first chunk is the last one, so a peer that sends them one by one would end a program
// that was built with assertions.
constexpr std::size_t chunked_octets_min = 5;

}  // namespace

RequestParser::RequestParser() {
    // Bounds are ours: HeadScan for the head, limit_body for the body.
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(boost::none);
}

bool RequestParser::parse_head(std::string_view head) {
    Error error;
    const std::size_t used = put(boost::asio::buffer(head.data(), head.size()), error);
    eager(true);
    return !error && used == head.size() && is_header_done();
}

RequestParser::Feed RequestParser::feed(std::string_view bytes, std::size_t& used) {
    used = 0;
    if (chunked() && !chunk_begun_ && bytes.size() < chunked_octets_min) return Feed::more;
    Error error;
    used = put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error == http::error::body_limit) return Feed::too_large;
    if (error && error != http::error::need_more) return Feed::malformed;
    return is_done() ? Feed::done : Feed::more;
}

void RequestParser::on_request_impl(http::verb, Text method_text, Text target_text, int version,
                                    Error&) {
    method.assign(method_text.data(), method_text.size());
    target.assign(target_text.data(), target_text.size());
    is_http_1_0 = version == 10;
}

void RequestParser::on_response_impl(int, Text, int, Error&) {}

// Also called for trailers, which are counted and dropped: merged into the headers they could
// change what the request means after it has been judged.
void RequestParser::on_field_impl(http::field, Text name_text, Text value, Error& error) {
    if (!head_done_) {
        headers.add(std::string(name_text.data(), name_text.size()),
                    std::string(value.data(), value.size()));
    } else if (++trailer_fields_ > limits::trailer_fields_max) {
        error = http::error::bad_field;
    }
}

void RequestParser::on_header_impl(Error&) {
    head_done_ = true;
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) {}

std::size_t RequestParser::on_body_impl(Text bytes, Error& error) {
    if (bytes.size() > body_bytes_max_ - body_bytes_) {
        error = http::error::body_limit;
        return 0;
    }
    body_bytes_ += bytes.size();
    if (!discards_) piece_.append(bytes.data(), bytes.size());
    return bytes.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) {
    chunk_begun_ = true;
    extension_bytes_ += extensions.size();
    const bool has_control = std::ranges::any_of(extensions, [](char octet) {
        return (octet >= 0 && octet < 0x20 && octet != '\t') || octet == 0x7F;
    });
    if (has_control || extension_bytes_ > limits::chunk_extension_bytes_max) {
        error = http::error::bad_chunk_extension;
    } else if (size > body_bytes_max_ - body_bytes_) {
        error = http::error::body_limit;
    }
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text bytes, Error& error) {
    return on_body_impl(bytes, error);
}

void RequestParser::on_finish_impl(Error&) {}

}  // namespace outlay::api
