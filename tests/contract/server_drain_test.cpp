// Promise: a server that stops finishes what it has begun, tells its clients, and cuts only what
// outlasts its patience (cpp.md 2.5).
#include <gtest/gtest.h>

#include <future>

#include "tests/contract/server_fixture.hpp"

namespace outlay::tests {
namespace {

using api::ServerOptions;
using std::chrono::milliseconds;

constexpr std::string_view get_echo = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view get_gate = "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(ServerDrain, stopping_ends_requests_in_flight_with_their_answers) {
    Gate gate;
    ServerOptions options;
    options.threads = 2;
    TestServer server(options);
    server.front.route("gate", held_at(gate));
    RawClient busy(server.port());
    RawClient idle(server.port());
    idle.send(get_echo);
    EXPECT_EQ(idle.answer()->status, 200);
    busy.send(get_gate);
    ASSERT_TRUE(gate.wait_for_arrivals(1));
    auto stopping = std::async(std::launch::async, [&server] { server.server->stop(); });
    EXPECT_TRUE(idle.is_closed());
    EXPECT_NE(stopping.wait_for(milliseconds{0}), std::future_status::ready);
    gate.open();
    const auto answer = busy.answer();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, "through the gate");
    EXPECT_EQ(answer->fields.at("connection"), "close");
    EXPECT_TRUE(busy.is_closed());
    EXPECT_EQ(stopping.wait_for(client_patience), std::future_status::ready);
}

TEST(ServerDrain, answers_that_would_last_are_told_to_end) {
    ServerOptions options;
    options.drain_timeout = std::chrono::hours{1};
    TestServer server(options);
    server.front.route("gate", held_at(server.front.drained));
    RawClient lasting(server.port());
    lasting.send(get_gate);
    ASSERT_TRUE(server.front.drained.wait_for_arrivals(1));
    auto stopping = std::async(std::launch::async, [&server] { server.server->stop(); });
    EXPECT_EQ(lasting.answer()->body, "through the gate");
    EXPECT_EQ(stopping.wait_for(client_patience), std::future_status::ready);
}

TEST(ServerDrain, a_request_on_its_way_while_the_server_stops_is_answered) {
    Gate gate;
    TestServer server;
    server.front.route("gate", held_at(gate));
    RawClient busy(server.port());
    busy.send(get_gate);
    ASSERT_TRUE(gate.wait_for_arrivals(1));
    RawClient idle(server.port());
    idle.send(get_echo);
    EXPECT_EQ(idle.answer()->status, 200);
    auto stopping = std::async(std::launch::async, [&server] { server.server->stop(); });
    idle.send(get_echo);
    EXPECT_EQ(idle.answer()->status, 200);
    gate.open();
    EXPECT_EQ(stopping.wait_for(client_patience), std::future_status::ready);
}

TEST(ServerDrain, after_the_delay_nobody_is_accepted) {
    ServerOptions options;
    options.drain_delay = milliseconds{300};
    TestServer server(options);
    auto stopping = std::async(std::launch::async, [&server] { return server.server->stop(); });
    EXPECT_EQ(ask(server.port(), get_echo)->status, 200);
    EXPECT_TRUE(stopping.get());
    ServerOptions same;
    same.port = server.port();
    EXPECT_TRUE(api::make_server(same).ok());
}

TEST(ServerDrain, during_the_delay_nobody_is_kept) {
    ServerOptions options;
    options.drain_delay = std::chrono::milliseconds{2'000};
    TestServer server(options);
    RawClient early(server.port());
    early.send(get_echo);
    EXPECT_FALSE(early.answer()->fields.contains("connection"));
    auto stopping = std::async(std::launch::async, [&server] { server.server->stop(); });
    std::optional<Answer> answer;
    do {
        answer = ask(server.port(), get_echo);
    } while (answer && !answer->fields.contains("connection"));
    ASSERT_TRUE(answer.has_value()) << "it goes on taking requests";
    early.send(get_echo);
    EXPECT_EQ(early.answer()->fields.at("connection"), "close");
    EXPECT_TRUE(early.is_closed());
}

TEST(ServerDrain, what_outlasts_the_drain_is_cut) {
    ServerOptions options;
    options.drain_timeout = milliseconds{100};
    TestServer server(options);
    std::atomic<bool> has_ended{false};
    server.front.route("endless", endless(has_ended));
    RawClient client(server.port());
    client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(client.until("\r\n\r\n"), "");
    EXPECT_FALSE(server.server->stop());
    EXPECT_TRUE(has_ended);
}

TEST(ServerDrain, executors_run_work_until_the_server_is_gone) {
    TestServer server;
    EXPECT_TRUE(server.server->stop());
    EXPECT_TRUE(server.server->stop());
    std::promise<void> ran;
    std::promise<void> ran_later;
    platform::Executor* executor = server.server->executors().front();
    executor->post([&ran] { ran.set_value(); });
    executor->post_after(milliseconds{1}, [&ran_later] { ran_later.set_value(); });
    EXPECT_EQ(ran.get_future().wait_for(client_patience), std::future_status::ready);
    EXPECT_EQ(ran_later.get_future().wait_for(client_patience), std::future_status::ready);
}

TEST(ServerDrain, a_server_that_never_served_stops) {
    ServerOptions options;
    options.port = 0;
    auto server = api::make_server(options);
    ASSERT_TRUE(server.ok());
    EXPECT_GT((*server)->port(), 0);
    (*server)->stop();
}

}  // namespace
}  // namespace outlay::tests
