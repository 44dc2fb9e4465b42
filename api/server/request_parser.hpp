// RequestParser: one request through Beast's parser: the head in one piece, then the body as it
// arrives, decoded. A fresh object per request. Confined to one thread.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "api/http/message.hpp"

namespace outlay::api {

class RequestParser final : public boost::beast::http::basic_parser<true> {
public:
    RequestParser();

    // The whole head (up to and with the empty line). False: it is malformed.
    [[nodiscard]] bool parse_head(std::string_view head);

    // Of the head.
    std::string method;
    std::string target;
    bool is_http_1_0 = false;
    Headers headers;

    enum class Feed { more, done, malformed, too_large };
    // Decodes what it can of `bytes`; `used` says how many are spoken for.
    Feed feed(std::string_view bytes, std::size_t& used);
    // The body may have so many decoded bytes in all; more is too_large.
    void limit_body(std::size_t bytes_max) { body_bytes_max_ = bytes_max; }
    // From now on decoded bytes are counted and thrown away.
    void discard_body() { discards_ = true; }
    // Decoded bytes that have not been taken yet.
    std::string& piece() { return piece_; }
    std::size_t body_bytes() const { return body_bytes_; }

private:
    using Error = boost::beast::error_code;
    using Text = boost::beast::string_view;

    void on_request_impl(boost::beast::http::verb verb, Text method_text, Text target_text,
                         int version, Error& error) override;
    void on_response_impl(int status, Text reason, int version, Error& error) override;
    void on_field_impl(boost::beast::http::field name, Text name_text, Text value,
                       Error& error) override;
    void on_header_impl(Error& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) override;
    std::size_t on_body_impl(Text bytes, Error& error) override;
    void on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t remaining, Text bytes, Error& error) override;
    void on_finish_impl(Error& error) override;

    bool head_done_ = false;
    bool chunk_begun_ = false;
    bool discards_ = false;
    std::size_t body_bytes_max_ = std::numeric_limits<std::size_t>::max();
    std::size_t body_bytes_ = 0;
    std::size_t extension_bytes_ = 0;
    std::size_t trailer_fields_ = 0;
    std::string piece_;
};

}  // namespace outlay::api
