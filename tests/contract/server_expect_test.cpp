// Promise: a client that asks before it sends its body is told to go on only if nothing speaks
// against the request yet (conventions MSG-12).
#include <gtest/gtest.h>

#include "tests/contract/server_fixture.hpp"

namespace outlay::tests {
namespace {

using api::BodyMode;
using api::BodySink;
using api::Request;
using api::Response;
using platform::Task;

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

std::string asking(std::string_view path, std::size_t bytes) {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " +
           std::to_string(bytes) + "\r\n\r\n";
}

TEST(ServerExpect, the_body_is_asked_for_and_then_read) {
    TestServer server;
    for (const char* path : {"/echo", "/count"}) {
        RawClient client(server.port());
        client.send(asking(path, 5));
        EXPECT_EQ(client.until("\r\n\r\n"), go_on);
        EXPECT_FALSE(client.has_input());
        client.send("hel");
        client.send("lo");
        EXPECT_EQ(client.answer()->status, 200) << path;
        client.send(asking(path, 1));
        EXPECT_EQ(client.until("\r\n\r\n"), go_on);
        client.send("x");
        EXPECT_EQ(client.answer()->status, 200) << path;
    }
}

TEST(ServerExpect, a_request_that_fails_already_is_answered_at_once) {
    TestServer server;
    for (const auto& [path, bytes, status] :
         {std::tuple{"/forbidden", 5U, 401}, std::tuple{"/unknown", 5U, 404},
          std::tuple{"/small", 17U, 413}, std::tuple{"/ignore", 5U, 200},
          std::tuple{"/none", 5U, 200}}) {
        RawClient client(server.port());
        client.send(asking(path, bytes));
        const auto answer = client.answer();
        ASSERT_TRUE(answer.has_value());
        EXPECT_EQ(answer->status, status) << path;
        // Whether the body still comes cannot be known, so nothing can follow.
        EXPECT_EQ(answer->fields.at("connection"), "close");
        EXPECT_TRUE(client.is_closed());
    }
}

TEST(ServerExpect, answers_before_it_come_before_it) {
    TestServer server;
    RawClient client(server.port());
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n" + asking("/echo", 2));
    EXPECT_EQ(client.answer()->status, 200);
    EXPECT_EQ(client.until("\r\n\r\n"), go_on);
    client.send("ok");
    EXPECT_EQ(client.answer()->status, 200);
}

TEST(ServerExpect, it_is_ignored_in_http_1_0) {
    TestServer server;
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok");
    EXPECT_EQ(client.answer()->status, 200);
}

Task<bool> read_all_then_write(std::shared_ptr<api::BodySource> source, BodySink& sink) {
    std::string body;
    for (;;) {
        Task<domain::Result<std::optional<std::string>, api::BodyError>> reading = source->read();
        auto piece = co_await reading;
        if (!piece) co_return false;
        if (!*piece) break;
        body += **piece;
    }
    Task<bool> writing = sink.write(std::move(body));
    const bool alive = co_await writing;
    co_return alive;
}

Task<Response> late_reader(Request request) {
    Response response = text_answer("");
    response.producer = [source = request.stream](BodySink& sink) {
        return read_all_then_write(source, sink);
    };
    co_return response;
}

TEST(ServerExpect,
     a_body_that_is_read_while_the_answer_is_produced_is_asked_for_before_the_answer_begins) {
    TestServer server;
    server.front.route("late", {{.body = BodyMode::stream, .body_bytes_max = 100}, late_reader});
    RawClient client(server.port());
    client.send(asking("/late", 5));
    EXPECT_EQ(client.until("\r\n\r\n"), go_on);
    client.send("hello");
    EXPECT_EQ(client.answer()->body, "hello");
}

}  // namespace
}  // namespace outlay::tests
