// Promise: how the bytes of requests are cut into packets, and how many requests are sent at once,
// changes nothing about the answers and their order (conventions MSG-14, MSG-20).
#include <gtest/gtest.h>

#include "tests/contract/server_fixture.hpp"

namespace outlay::tests {
namespace {

using api::Request;
using api::Response;
using platform::Task;

constexpr std::string_view three_requests =
    "\r\nPOST /echo/a?x=%41 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    "POST /echo/b HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: "
    "chunked\r\n\r\n3;e=f\r\nabc\r\n02\r\nde\r\n0\r\nT: x\r\n\r\n"
    "POST /count HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\nConnection: "
    "close\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n";

void expect_three_answers(RawClient& client) {
    for (const char* expected : {"POST /echo /a ?x=A host=a fields=2\nhello",
                                 "POST /echo /b host=b fields=2\nabcde", "10"}) {
        const auto answer = client.answer();
        ASSERT_TRUE(answer.has_value()) << expected;
        EXPECT_EQ(answer->status, 200);
        EXPECT_EQ(answer->body, expected);
    }
    EXPECT_TRUE(client.is_closed());
}

// Until the server has read what was sent so far, further bytes would only join it in one packet.
// An answer to a request on another connection of the same thread, sent later, shows that it has.
void let_the_server_read(RawClient& marker) {
    marker.send("GET /nothing HTTP/1.1\r\nHost: m\r\n\r\n");
    ASSERT_TRUE(marker.answer().has_value());
}

TEST(ServerArrival, a_cut_at_any_byte_changes_nothing) {
    TestServer server;
    RawClient marker(server.port());
    for (std::size_t cut = 1; cut < three_requests.size(); ++cut) {
        RawClient client(server.port());
        ASSERT_TRUE(client.send(three_requests.substr(0, cut)));
        let_the_server_read(marker);
        ASSERT_TRUE(client.send(three_requests.substr(cut)));
        expect_three_answers(client);
        if (HasFailure()) FAIL() << "cut at " << cut;
    }
}

TEST(ServerArrival, one_byte_at_a_time_changes_nothing) {
    TestServer server;
    RawClient marker(server.port());
    RawClient client(server.port());
    for (const char octet : three_requests) {
        ASSERT_TRUE(client.send({&octet, 1}));
        let_the_server_read(marker);
    }
    expect_three_answers(client);
}

// Answers after as many hops over the event loop as the query asks for.
Task<Response> after_hops(Request request) {
    const int hops = std::stoi(request.head.query.at(0).second);
    platform::Executor* executor = request.executor;
    for (int i = 0; i < hops; ++i) {
        platform::Completion<bool> hop(*executor,
                                       [](std::function<void(bool)> resolve) { resolve(true); });
        co_await hop;
    }
    co_return text_answer(request.head.path.at(1));
}

TEST(ServerArrival, pipelined_requests_are_answered_in_order_whatever_each_takes) {
    TestServer server;
    server.front.route("hops", {{}, after_hops});
    constexpr int count = 2000;
    std::string requests;
    for (int i = 0; i < count; ++i) {
        requests += "GET /hops/" + std::to_string(i) + "?n=" + std::to_string(i % 7) +
                    " HTTP/1.1\r\nHost: a\r\n\r\n";
    }
    RawClient client(server.port());
    ASSERT_TRUE(client.send(requests));
    for (int i = 0; i < count; ++i) {
        const auto answer = client.answer();
        ASSERT_TRUE(answer.has_value());
        ASSERT_EQ(answer->body, std::to_string(i));
    }
}

TEST(ServerArrival, a_slow_request_does_not_hold_back_the_answers_before_it) {
    Gate gate;
    TestServer server;
    server.front.route("gate", held_at(gate));
    RawClient client(server.port());
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\nGET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(client.answer().has_value());
    EXPECT_TRUE(gate.wait_for_arrivals(1));
    EXPECT_FALSE(client.has_input());
    gate.open();
    EXPECT_EQ(client.answer()->body, "through the gate");
}

TEST(ServerArrival, a_peer_that_never_reads_its_answers_is_not_served_without_end) {
    TestServer server;
    const std::string request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n" +
                                std::string(30'000, 'x');
    std::string requests;
    for (int i = 0; i < 2000; ++i) requests += request;
    RawClient client(server.port());
    const std::size_t taken = client.send_what_fits(requests);
    // Socket buffers on both sides hold some megabytes; sixty were offered.
    EXPECT_LT(taken, requests.size());
    EXPECT_LT(server.front.handled, 1000);
}

TEST(ServerArrival, many_connections_on_two_threads_are_all_served) {
    api::ServerOptions options;
    options.threads = 2;
    TestServer server(options);
    EXPECT_EQ(server.server->executors().size(), 2U);
    std::vector<RawClient> clients;
    for (int i = 0; i < 100; ++i) clients.emplace_back(server.port());
    for (int round = 0; round < 3; ++round) {
        for (const RawClient& client : clients)
            client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
        for (RawClient& client : clients) EXPECT_EQ(client.answer()->status, 200);
    }
    EXPECT_EQ(server.front.handled, 300);
}

}  // namespace
}  // namespace outlay::tests
