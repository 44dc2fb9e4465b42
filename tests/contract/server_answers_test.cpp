// Promise: every answer carries the fields that all answers carry, HEAD is GET without a body, and
// a connection ends the way that its last answer said.
#include <gtest/gtest.h>

#include <set>

#include "tests/contract/server_fixture.hpp"

namespace outlay::tests {
namespace {

using api::BodySink;
using api::Request;
using api::Response;
using platform::Task;

constexpr std::string_view get_echo = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(ServerAnswers, all_answers_carry_the_common_fields) {
    TestServer server;
    for (const char* request :
         {"GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", "GET /unknown HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", "broken\r\n\r\n",
          "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "GET /echo HTTP/3.0\r\n\r\n"}) {
        const auto answer = ask(server.port(), request);
        ASSERT_TRUE(answer.has_value()) << request;
        const auto& fields = answer->fields;
        EXPECT_EQ(fields.at("server"), "outlay");
        EXPECT_EQ(fields.at("x-content-type-options"), "nosniff");
        EXPECT_EQ(fields.at("referrer-policy"), "no-referrer");
        EXPECT_EQ(fields.at("cross-origin-resource-policy"), "same-origin");
        EXPECT_EQ(fields.at("request-id").substr(0, 4), "req_");
        EXPECT_EQ(fields.at("date").size(),
                  std::string_view("Sat, 21 Nov 2026 09:24:54 GMT").size());
        EXPECT_TRUE(fields.at("date").ends_with(" GMT"));
    }
}

TEST(ServerAnswers, no_two_requests_have_one_id) {
    api::ServerOptions options;
    options.threads = 2;
    TestServer server(options);
    std::set<std::string> ids;
    for (int i = 0; i < 50; ++i) ids.insert(ask(server.port(), get_echo)->fields.at("request-id"));
    EXPECT_EQ(ids.size(), 50U);
}

TEST(ServerAnswers, a_problem_names_the_id_of_its_answer) {
    TestServer server;
    const auto answer = ask(server.port(), "GET /echo HTTP/1.1\r\n\r\n");
    EXPECT_NE(answer->body.find("urn:outlay:request:" + answer->fields.at("request-id")),
              std::string::npos);
}

std::map<std::string, std::string> without_request_marks(Answer answer) {
    answer.fields.erase("request-id");
    answer.fields.erase("date");
    return answer.fields;
}

Task<bool> three_lines(BodySink& sink) {
    for (int i = 0; i < 3; ++i) {
        Task<bool> writing = sink.write("line\n");
        const bool alive = co_await writing;
        if (!alive) co_return false;
    }
    co_return true;
}

Task<Response> lines(Request) {
    Response response = text_answer("");
    response.producer = three_lines;
    co_return response;
}

TEST(ServerAnswers, head_is_answered_like_get_without_a_body) {
    TestServer server;
    server.front.route("lines", {{}, lines});
    RawClient client(server.port());
    for (const std::string path : {"/none", "/unknown", "/forbidden", "/lines", "/nothing"}) {
        client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto get = client.answer();
        client.send("HEAD " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto head = client.answer(true);
        ASSERT_TRUE(get && head) << path;
        EXPECT_EQ(head->status, get->status) << path;
        EXPECT_EQ(without_request_marks(*head), without_request_marks(*get)) << path;
    }
    client.send(get_echo);
    EXPECT_EQ(client.answer()->status, 200);
}

TEST(ServerAnswers, a_refused_head_request_has_no_body_either) {
    TestServer server;
    RawClient client(server.port());
    client.send("HEAD /echo HTTP/1.1\r\n\r\n");
    EXPECT_EQ(client.answer(true)->status, 400);
    EXPECT_TRUE(client.is_closed());
}

TEST(ServerAnswers, a_streamed_answer_is_chunked) {
    TestServer server;
    server.front.route("lines", {{}, lines});
    RawClient client(server.port());
    client.send("GET /lines HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.answer();
    EXPECT_EQ(answer->fields.at("transfer-encoding"), "chunked");
    EXPECT_FALSE(answer->fields.contains("content-length"));
    EXPECT_EQ(answer->body, "line\nline\nline\n");
    EXPECT_TRUE(answer->is_whole);
    client.send(get_echo);
    EXPECT_EQ(client.answer()->status, 200);
}

TEST(ServerAnswers, a_streamed_answer_to_http_1_0_ends_with_the_connection) {
    TestServer server;
    server.front.route("lines", {{}, lines});
    RawClient client(server.port());
    client.send("GET /lines HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const auto answer = client.answer();
    EXPECT_FALSE(answer->fields.contains("transfer-encoding"));
    EXPECT_EQ(answer->fields.at("connection"), "close");
    EXPECT_EQ(answer->body, "line\nline\nline\n");
    EXPECT_TRUE(client.is_closed());
}

Task<bool> half_a_body(BodySink& sink) {
    Task<bool> writing = sink.write("half");
    co_await writing;
    co_return false;
}

Task<Response> broken_stream(Request) {
    Response response = text_answer("");
    response.producer = half_a_body;
    co_return response;
}

TEST(ServerAnswers, an_incomplete_body_is_not_taken_for_a_complete_one) {
    TestServer server;
    server.front.route("broken", {{}, broken_stream});
    RawClient client(server.port());
    client.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.answer();
    EXPECT_FALSE(answer && answer->is_whole);
    EXPECT_TRUE(client.is_closed());
}

TEST(ServerAnswers, options_of_the_server_lists_methods) {
    TestServer server;
    EXPECT_EQ(ask(server.port(), "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")->fields.at("allow"),
              "GET, HEAD, POST, PATCH, DELETE, OPTIONS");
}

TEST(ServerAnswers, http_1_0_is_told_that_the_connection_stays) {
    TestServer server;
    const auto answer = ask(server.port(), "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(answer->fields.at("connection"), "keep-alive");
}

}  // namespace
}  // namespace outlay::tests
