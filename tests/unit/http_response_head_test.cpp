// Promise: every answer has the fields that all answers have, exactly one framing, and no field
// that input wrote.
#include <gtest/gtest.h>

#include "api/server/response_head.hpp"

namespace outlay::api {
namespace {

std::string head_of(const Response& response, ReplyFacts facts) {
    facts.date = "Sat, 21 Nov 2026 09:24:54 GMT";
    facts.request_id = "req_1";
    std::string out;
    append_head(out, response, facts, framing_of(response, facts.is_http_1_0));
    return out;
}

Response answer(int status, std::string body) {
    Response response;
    response.status = status;
    response.content_type = "text/plain";
    response.body = std::move(body);
    return response;
}

platform::Task<bool> produce_nothing(BodySink&) {
    co_return true;
}

TEST(HttpResponseHead, a_sized_answer_in_full) {
    Response response = answer(201, "12345");
    response.headers.add("Location", "/v1/x");
    EXPECT_EQ(
        head_of(response, {}),
        "HTTP/1.1 201 Created\r\nDate: Sat, 21 Nov 2026 09:24:54 GMT\r\nServer: outlay\r\n"
        "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
        "Cross-Origin-Resource-Policy: same-origin\r\nRequest-Id: req_1\r\nLocation: /v1/x\r\n"
        "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\n");
}

TEST(HttpResponseHead, answers_without_content_have_no_length_and_no_type) {
    for (const int status : {204, 304}) {
        const std::string head = head_of(answer(status, "dropped"), {});
        EXPECT_EQ(head.find("\r\nContent-"), std::string::npos) << head;
        EXPECT_EQ(head.find("Transfer-"), std::string::npos) << head;
    }
}

TEST(HttpResponseHead, a_streamed_answer_is_chunked_or_ends_with_the_connection) {
    Response response = answer(200, "");
    response.producer = produce_nothing;
    EXPECT_NE(head_of(response, {}).find("Transfer-Encoding: chunked\r\n"), std::string::npos);
    const std::string old = head_of(response, {.keep_alive = false, .is_http_1_0 = true});
    EXPECT_EQ(old.find("Transfer-Encoding"), std::string::npos);
    EXPECT_EQ(old.find("Content-Length"), std::string::npos);
    EXPECT_NE(old.find("Connection: close\r\n"), std::string::npos);
}

TEST(HttpResponseHead, persistence_is_told_where_it_is_not_the_default) {
    EXPECT_EQ(head_of(answer(200, ""), {}).find("Connection"), std::string::npos);
    EXPECT_NE(head_of(answer(200, ""), {.keep_alive = false}).find("Connection: close\r\n"),
              std::string::npos);
    EXPECT_NE(head_of(answer(200, ""), {.is_http_1_0 = true}).find("Connection: keep-alive\r\n"),
              std::string::npos);
}

TEST(HttpResponseHead, a_field_with_a_line_end_in_it_is_dropped) {
    Response response = answer(200, "");
    response.headers.add("Location", "/x\r\nSet-Cookie: a=b");
    const std::string head = head_of(response, {});
    EXPECT_EQ(head.find("Set-Cookie"), std::string::npos);
    EXPECT_EQ(head.find("Location"), std::string::npos);
}

}  // namespace
}  // namespace outlay::api
