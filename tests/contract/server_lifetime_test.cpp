// Promise: no peer can keep a connection without using it, and a peer that leaves harms nobody.
#include <gtest/gtest.h>

#include <thread>

#include "tests/contract/server_fixture.hpp"

namespace outlay::tests {
namespace {

using api::ServerOptions;
using std::chrono::milliseconds;

constexpr std::string_view get_echo = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view get_gate = "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(ServerLifetime, a_head_that_does_not_end_is_answered_and_the_connection_closed) {
    ServerOptions options;
    options.header_timeout = milliseconds{100};
    TestServer server(options);
    RawClient client(server.port());
    client.send("GET /echo HTTP/1.1\r\nHo");
    EXPECT_EQ(client.answer()->status, 408);
    EXPECT_TRUE(client.is_closed());
}

TEST(ServerLifetime, a_trickle_of_header_bytes_does_not_extend_the_deadline) {
    ServerOptions options;
    options.header_timeout = milliseconds{300};
    TestServer server(options);
    RawClient client(server.port());
    client.send("GET /echo HTTP/1.1\r\nX: ");
    while (!client.has_input() && client.send("a")) std::this_thread::yield();
    const auto answer = client.answer();
    EXPECT_TRUE(answer && (answer->status == 408 || answer->status == 431));
}

TEST(ServerLifetime, a_connection_without_a_request_is_closed_without_a_word) {
    ServerOptions options;
    options.header_timeout = milliseconds{100};
    TestServer server(options);
    RawClient client(server.port());
    EXPECT_TRUE(client.is_closed());
}

TEST(ServerLifetime, an_idle_connection_is_closed_without_a_word) {
    ServerOptions options;
    options.idle_timeout = milliseconds{100};
    TestServer server(options);
    RawClient client(server.port());
    client.send(get_echo);
    EXPECT_EQ(client.answer()->status, 200);
    EXPECT_TRUE(client.is_closed());
}

TEST(ServerLifetime, a_body_that_stalls_is_given_up) {
    ServerOptions options;
    options.stall_timeout = milliseconds{100};
    TestServer server(options);
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
    EXPECT_EQ(client.answer()->status, 408);
    EXPECT_TRUE(client.is_closed());
    EXPECT_EQ(server.front.handled, 0);
}

TEST(ServerLifetime, a_peer_that_takes_nothing_is_given_up) {
    std::atomic<bool> has_ended{false};
    ServerOptions options;
    options.stall_timeout = milliseconds{200};
    TestServer server(options);
    server.front.route("endless", endless(has_ended));
    RawClient client(server.port());
    client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto deadline = std::chrono::steady_clock::now() + client_patience;
    while (!has_ended && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_TRUE(has_ended);
}

TEST(ServerLifetime, a_handler_whose_client_has_left_ends_in_peace) {
    Gate gate;
    TestServer server;
    server.front.route("gate", held_at(gate));
    for (int i = 0; i < 20; ++i) {
        RawClient client(server.port());
        client.send(get_gate);
        ASSERT_TRUE(gate.wait_for_arrivals(static_cast<std::size_t>(i) + 1));
        client.reset();
    }
    gate.open();
    EXPECT_EQ(ask(server.port(), get_gate)->body, "through the gate");
    EXPECT_EQ(server.front.handled, 21);
}

TEST(ServerLifetime, a_client_that_only_half_closes_gets_its_answer) {
    Gate gate;
    TestServer server;
    server.front.route("gate", held_at(gate));
    RawClient client(server.port());
    client.send(get_gate);
    client.finish_sending();
    ASSERT_TRUE(gate.wait_for_arrivals(1));
    gate.open();
    EXPECT_EQ(client.answer()->body, "through the gate");
    EXPECT_TRUE(client.is_closed());
}

TEST(ServerLifetime, a_full_house_turns_newcomers_away) {
    ServerOptions options;
    options.connections_max = 2;
    TestServer server(options);
    RawClient first(server.port());
    first.send(get_echo);
    EXPECT_EQ(first.answer()->status, 200);
    {
        RawClient second(server.port());
        second.send(get_echo);
        EXPECT_EQ(second.answer()->status, 200);
        RawClient third(server.port());
        const auto answer = third.answer();
        ASSERT_TRUE(answer.has_value());
        EXPECT_EQ(answer->status, 503);
        EXPECT_EQ(answer->fields.at("retry-after"), "1");
        EXPECT_EQ(answer->fields.at("connection"), "close");
        EXPECT_TRUE(third.is_closed());
    }
    // Leaving makes room; the server notices on its own time.
    std::optional<Answer> answer;
    const auto deadline = std::chrono::steady_clock::now() + client_patience;
    while (std::chrono::steady_clock::now() < deadline && (!answer || answer->status != 200)) {
        answer = ask(server.port(), get_echo);
    }
    EXPECT_EQ(answer->status, 200);
}

TEST(ServerLifetime, a_taken_port_is_an_error_that_names_it) {
    TestServer server;
    ServerOptions options;
    options.port = server.port();
    const auto second = api::make_server(options);
    ASSERT_FALSE(second.ok());
    EXPECT_NE(second.error().find("127.0.0.1:" + std::to_string(server.port())), std::string::npos)
        << second.error();
    EXPECT_NE(second.error().find("in use"), std::string::npos) << second.error();
}

TEST(ServerLifetime, a_host_that_does_not_exist_is_an_error) {
    ServerOptions options;
    options.host = "256.256.256.256";
    EXPECT_FALSE(api::make_server(options).ok());
}

}  // namespace
}  // namespace outlay::tests
