// Promise: a listener with a certificate speaks TLS 1.2 or later and nothing else, keeps its
// deadlines and its manners under it, and takes a renewed certificate while it serves.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "tests/contract/server_fixture.hpp"
#include "tests/contract/tls_client.hpp"

namespace outlay::tests {
namespace {

using api::ServerOptions;
using std::chrono::milliseconds;

constexpr std::string_view get_echo = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view get_gate = "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view echoed = "fields=1\n";

class ServerTls : public testing::Test {
protected:
    ServerTls() { install(first_); }
    ~ServerTls() override { std::filesystem::remove_all(folder_); }

    void install(const Identity& identity) const {
        write_pem(identity, files_.certificate);
        write_key_pem(identity, files_.key);
    }
    ServerOptions options() const {
        ServerOptions made;
        made.tls = files_;
        return made;
    }

    const std::filesystem::path folder_ = [] {
        std::string name = (std::filesystem::temp_directory_path() / "outlay-tls-XXXXXX").string();
        return std::filesystem::path(::mkdtemp(name.data()));
    }();
    const api::TlsFiles files_{folder_ / "server.crt", folder_ / "server.key"};
    const Identity authority_ = make_authority("Outlay tests");
    const Identity first_ = issue(authority_, "outlay.example");
    const Identity second_ = issue(authority_, "outlay.example");
};

TEST_F(ServerTls, speaks_http_with_whom_trusts_its_certificate) {
    TestServer server(options());
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsClient client(server.port(), authority_, {.version_max = version});
        ASSERT_EQ(client.failure(), "");
        EXPECT_EQ(client.version(), version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
        EXPECT_EQ(client.protocol(), "http/1.1");
        for (int round = 0; round < 3; ++round) {
            ASSERT_TRUE(client.send(get_echo));
            EXPECT_TRUE(client.until(echoed).starts_with("HTTP/1.1 200 OK\r\n"));
        }
    }
    EXPECT_NE(TlsClient(server.port(), make_authority("Others")).failure(), "");
    EXPECT_NE(TlsClient(server.port(), authority_, {.host = "elsewhere.example"}).failure(), "");
}

TEST_F(ServerTls, takes_clients_that_name_no_protocol_and_refuses_those_that_cannot_speak_it) {
    TestServer server(options());
    EXPECT_EQ(TlsClient(server.port(), authority_, {.protocols = ""}).failure(), "");
    EXPECT_EQ(TlsClient(server.port(), authority_, {.protocols = "h2,http/1.1"}).protocol(),
              "http/1.1");
    EXPECT_NE(TlsClient(server.port(), authority_, {.protocols = "h2"}).failure(), "");
    EXPECT_NE(TlsClient(server.port(), authority_, {.version_max = TLS1_1_VERSION}).failure(), "");
}

TEST_F(ServerTls, carries_large_bodies_both_ways_and_requests_that_come_together) {
    TestServer server(options());
    TlsClient client(server.port(), authority_);
    const std::string body(1'000'000, 'x');
    const std::string post =
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n";
    ASSERT_TRUE(client.send(post + body + std::string(get_echo) + std::string(get_echo)));
    EXPECT_NE(client.until("\n" + body).find("POST /echo"), std::string::npos);
    EXPECT_NE(client.until(echoed).find("GET /echo"), std::string::npos);
    EXPECT_NE(client.until(echoed).find("GET /echo"), std::string::npos);
}

TEST_F(ServerTls, answers_plain_http_with_a_word_and_garbage_with_none) {
    TestServer server(options());
    const auto plain = ask(server.port(), get_echo);
    ASSERT_TRUE(plain.has_value());
    EXPECT_EQ(plain->status, 400);
    EXPECT_EQ(plain->body, "This port speaks TLS: use https://.\n");
    RawClient garbage(server.port());
    garbage.send(std::string(300, '\x7f'));
    garbage.until("there is no such text");
    EXPECT_EQ(server.front.handled, 0);
    EXPECT_EQ(TlsClient(server.port(), authority_).failure(), "");
}

TEST_F(ServerTls, a_handshake_that_does_not_end_is_given_up_and_holds_nobody) {
    auto wish = options();
    wish.header_timeout = milliseconds{300};
    wish.connections_max = 2;
    TestServer server(wish);
    RawClient silent(server.port());
    RawClient half(server.port());
    half.send("\x16\x03\x01\x02");  // the beginning of a record
    EXPECT_NE(TlsClient(server.port(), authority_).failure(), "") << "the house is full";
    EXPECT_TRUE(silent.is_closed());
    EXPECT_TRUE(half.is_closed());
    TlsClient next(server.port(), authority_);
    next.send(get_echo);
    EXPECT_TRUE(next.until(echoed).starts_with("HTTP/1.1 200"));
}

TEST_F(ServerTls, keeps_the_deadlines_of_requests) {
    auto wish = options();
    wish.stall_timeout = milliseconds{200};
    wish.idle_timeout = milliseconds{200};
    TestServer server(wish);
    TlsClient stalled(server.port(), authority_);
    stalled.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
    EXPECT_TRUE(stalled.until("\r\n\r\n").starts_with("HTTP/1.1 408 "));
    TlsClient idle(server.port(), authority_);
    idle.send(get_echo);
    idle.until(echoed);
    EXPECT_TRUE(idle.ends_in_order());
}

TEST_F(ServerTls, stopping_ends_requests_in_flight_with_their_answers) {
    Gate gate;
    TestServer server(options());
    server.front.route("gate", held_at(gate));
    TlsClient busy(server.port(), authority_);
    TlsClient idle(server.port(), authority_);
    busy.send(get_gate);
    ASSERT_TRUE(gate.wait_for_arrivals(1));
    auto stopping = std::async(std::launch::async, [&server] { return server.server->stop(); });
    EXPECT_TRUE(idle.ends_in_order()) << "so the drain has begun";
    gate.open();
    EXPECT_NE(busy.until("through the gate").find("Connection: close"), std::string::npos);
    EXPECT_TRUE(busy.ends_in_order());
    EXPECT_TRUE(stopping.get());
}

TEST_F(ServerTls, an_answer_that_is_cut_does_not_end_in_order) {
    auto wish = options();
    wish.drain_timeout = milliseconds{100};
    TestServer server(wish);
    std::atomic<bool> has_ended{false};
    server.front.route("endless", endless(has_ended));
    TlsClient client(server.port(), authority_);
    client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    client.until("\r\n\r\n");
    EXPECT_FALSE(server.server->stop());
    EXPECT_FALSE(client.ends_in_order());
}

TEST_F(ServerTls, new_connections_get_the_renewed_certificate_and_old_ones_go_on) {
    TestServer server(options());
    TlsClient old(server.port(), authority_);
    EXPECT_EQ(old.serial(), serial_of(first_));
    install(second_);
    EXPECT_EQ(TlsClient(server.port(), authority_).serial(), serial_of(first_));
    ASSERT_TRUE(server.server->reload().ok());
    EXPECT_EQ(TlsClient(server.port(), authority_).serial(), serial_of(second_));
    old.send(get_echo);
    EXPECT_TRUE(old.until(echoed).starts_with("HTTP/1.1 200"));
}

TEST_F(ServerTls, a_bad_renewal_is_refused_and_changes_nothing) {
    TestServer server(options());
    write_pem(second_, files_.certificate);  // the key is still the first one's
    const auto mismatched = server.server->reload();
    ASSERT_FALSE(mismatched.ok());
    EXPECT_NE(mismatched.error().find(files_.key), std::string::npos) << mismatched.error();
    std::ofstream(files_.certificate) << "no certificate at all\n";
    const auto unreadable = server.server->reload();
    ASSERT_FALSE(unreadable.ok());
    EXPECT_NE(unreadable.error().find(files_.certificate), std::string::npos) << unreadable.error();
    EXPECT_EQ(TlsClient(server.port(), authority_).serial(), serial_of(first_));
}

TEST_F(ServerTls, a_server_does_not_start_without_its_certificate) {
    std::filesystem::remove(files_.key);
    const auto made = api::make_server(options());
    ASSERT_FALSE(made.ok());
    EXPECT_NE(made.error().find(files_.key), std::string::npos) << made.error();
}

}  // namespace
}  // namespace outlay::tests
