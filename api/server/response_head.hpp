// The head of an answer: status line, the fields that every answer has, and the framing of its
// body. Pure.
#pragma once

#include <string>
#include <string_view>

#include "api/http/message.hpp"

namespace outlay::api {

struct ReplyFacts {
    std::string_view date{};
    std::string_view request_id{};
    bool keep_alive = true;
    bool is_http_1_0 = false;
};

enum class ReplyFraming {
    none,   // 204 and 304 have no body and no length
    sized,  // Content-Length
    chunked,
    until_close,  // a streamed body for an HTTP/1.0 peer
};
ReplyFraming framing_of(const Response& response, bool is_http_1_0);

void append_head(std::string& out, const Response& response, const ReplyFacts& facts,
                 ReplyFraming framing);

}  // namespace outlay::api
