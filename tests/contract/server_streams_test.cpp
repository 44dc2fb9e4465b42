// Promise: bodies stream both ways at once with bounded memory, and a body that breaks off is never
// taken for a whole one.
#include <gtest/gtest.h>

#include <thread>

#include "api/server/limits.hpp"
#include "tests/contract/server_fixture.hpp"

namespace outlay::tests {
namespace {

using api::BodyMode;
using api::BodySink;
using api::Request;
using api::Response;
using platform::Task;

constexpr std::size_t mebibyte = 1024 * 1024;
constexpr std::string_view get_echo = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";
const api::Admitted streamed{.body = BodyMode::stream, .body_bytes_max = 1024 * mebibyte};

std::string chunked_post(std::string_view path) {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
}
std::string chunk(std::string_view text) {
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
    return size.data() + std::string(text) + "\r\n";
}

Task<bool> send_back(std::shared_ptr<api::BodySource> source, BodySink& sink) {
    for (;;) {
        Task<domain::Result<std::optional<std::string>, api::BodyError>> reading = source->read();
        auto piece = co_await reading;
        if (!piece) co_return false;
        if (!*piece) co_return true;
        Task<bool> writing = sink.write(std::move(**piece));
        const bool alive = co_await writing;
        if (!alive) co_return false;
    }
}

// Answers with its own body while that is still arriving.
Task<Response> mirror(Request request) {
    Response response = text_answer("");
    response.producer = [source = request.stream](BodySink& sink) {
        return send_back(source, sink);
    };
    co_return response;
}

TEST(ServerStreams, a_streamed_body_is_read_to_its_end) {
    TestServer server;
    RawClient client(server.port());
    client.send("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n" +
                std::string(5'000'000, 'x'));
    EXPECT_EQ(client.answer()->body, "5000000");
    client.send(chunked_post("/count"));
    for (int i = 0; i < 1000; ++i) client.send(chunk(std::string(1000, 'x')));
    client.send("0\r\n\r\n");
    EXPECT_EQ(client.answer()->body, "1000000");
    client.send(get_echo);
    EXPECT_EQ(client.answer()->status, 200);
}

TEST(ServerStreams, the_answer_begins_while_the_body_is_still_being_sent) {
    TestServer server;
    server.front.route("mirror", {streamed, mirror});
    RawClient client(server.port());
    client.send(chunked_post("/mirror"));
    EXPECT_NE(client.until("\r\n\r\n").find("200 OK"), std::string::npos);
    for (const std::string text : {"one", "two", "three"}) {
        client.send(chunk(text));
        EXPECT_EQ(client.until(chunk(text)), chunk(text));
    }
    client.send("0\r\n\r\n");
    EXPECT_EQ(client.until("0\r\n\r\n"), "0\r\n\r\n");
    client.send(get_echo);
    EXPECT_EQ(client.answer()->status, 200);
}

TEST(ServerStreams, a_client_that_sends_everything_before_it_reads_is_served) {
    TestServer server;
    server.front.route("mirror", {streamed, mirror});
    RawClient client(server.port());
    const std::string body(8 * mebibyte, 'y');
    ASSERT_TRUE(client.send("POST /mirror HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                            std::to_string(body.size()) + "\r\n\r\n" + body));
    const auto answer = client.answer();
    ASSERT_TRUE(answer.has_value());
    EXPECT_TRUE(answer->body == body);
    client.send(get_echo);
    EXPECT_EQ(client.answer()->status, 200);
}

struct Production {
    std::atomic<std::size_t> bytes{0};
    std::atomic<bool> has_ended{false};
};

Task<bool> produce(Production* production, std::size_t pieces, std::size_t piece_bytes,
                   BodySink& sink) {
    bool alive = true;
    for (std::size_t i = 0; i < pieces && alive; ++i) {
        Task<bool> writing = sink.write(std::string(piece_bytes, 'z'));
        alive = co_await writing;
        production->bytes += piece_bytes;
    }
    production->has_ended = true;
    co_return alive;
}

// `unsent_max`: as Response::unsent_bytes_max.
TestRoute producing(Production& production, std::size_t pieces, std::size_t piece_bytes,
                    std::size_t unsent_max = 0) {
    const auto handle = [&production, pieces, piece_bytes, unsent_max](Request) -> Task<Response> {
        Response response = text_answer("");
        response.unsent_bytes_max = unsent_max;
        response.producer = [&production, pieces, piece_bytes](BodySink& sink) {
            return produce(&production, pieces, piece_bytes, sink);
        };
        return answer_with(std::move(response));
    };
    return {{}, handle};
}

bool becomes_true(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + client_patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

TEST(ServerStreams, a_slow_reader_makes_the_producer_wait) {
    TestServer server;
    Production production;
    constexpr std::size_t piece = 64 * 1024;
    constexpr std::size_t total = 256 * mebibyte;
    server.front.route("produce", producing(production, total / piece, piece));
    RawClient client(server.port());
    client.send("GET /produce HTTP/1.1\r\nHost: a\r\n\r\n");
    // It fills what may be unsent and then stops; socket buffers hold some megabytes more.
    ASSERT_TRUE(becomes_true([&] { return production.bytes >= api::limits::unsent_bytes_max; }));
    RawClient other(server.port());
    for (int i = 0; i < 100; ++i) {
        other.send(get_echo);
        ASSERT_EQ(other.answer()->status, 200);
    }
    EXPECT_LT(production.bytes, api::limits::unsent_bytes_max + 16 * mebibyte);
    const auto answer = client.answer();
    EXPECT_EQ(answer->body.size(), total);
    EXPECT_TRUE(answer->is_whole);
}

TEST(ServerStreams, a_reader_that_stalls_leaves_no_more_unread_than_its_answer_allows_and_is_cut) {
    api::ServerOptions options;
    options.stall_timeout = std::chrono::milliseconds{500};
    TestServer server(options);
    Production production;
    server.front.route("produce", producing(production, 100'000, 8 * 1024, 32 * 1024));
    RawClient client(server.port());
    client.send("GET /produce HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(becomes_true([&] { return production.has_ended.load(); }));
    // The socket buffers of both ends hold some megabytes.
    EXPECT_LT(production.bytes, 12 * mebibyte);
    EXPECT_FALSE(client.answer()->is_whole);
}

TEST(ServerStreams, many_small_pieces_leave_others_their_turn) {
    TestServer server;
    Production production;
    server.front.route("produce", producing(production, 200'000, 10));
    RawClient client(server.port());
    client.send("GET /produce HTTP/1.1\r\nHost: a\r\n\r\n");
    RawClient other(server.port());
    other.send(get_echo);
    EXPECT_EQ(other.answer()->status, 200);
    EXPECT_EQ(client.answer()->body.size(), 2'000'000U);
}

TEST(ServerStreams, a_producer_learns_that_its_peer_is_gone) {
    TestServer server;
    Production production;
    server.front.route("produce", producing(production, 1'000'000, 64 * 1024));
    RawClient client(server.port());
    client.send("GET /produce HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(client.until("\r\n\r\n"), "");
    client.reset();
    EXPECT_TRUE(becomes_true([&] { return production.has_ended.load(); }));
    EXPECT_EQ(ask(server.port(), get_echo)->status, 200);
}

TEST(ServerStreams, a_body_that_breaks_off_is_an_error_to_its_handler) {
    TestServer server;
    for (const std::string& start :
         {std::string("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"),
          chunked_post("/count") + "3\r\nabc\r\n", chunked_post("/count") + "5\r\nabc"}) {
        RawClient client(server.port());
        client.send(start);
        client.finish_sending();
        const auto answer = client.answer();
        ASSERT_TRUE(answer.has_value()) << start;
        EXPECT_EQ(answer->body,
                  "error " + std::to_string(static_cast<int>(api::BodyError::truncated)));
        EXPECT_TRUE(client.is_closed());
    }
}

TEST(ServerStreams, a_stream_that_is_too_long_or_malformed_is_an_error_to_its_handler) {
    TestServer server;
    RawClient longer(server.port());
    longer.send(chunked_post("/narrow") + chunk("0123456789") + chunk("0123456789") + "0\r\n\r\n");
    EXPECT_EQ(longer.answer()->body,
              "error " + std::to_string(static_cast<int>(api::BodyError::too_large)));
    EXPECT_TRUE(longer.is_closed());
    RawClient broken(server.port());
    broken.send(chunked_post("/count") + chunk("abc") + "zz\r\n");
    EXPECT_EQ(broken.answer()->body,
              "error " + std::to_string(static_cast<int>(api::BodyError::malformed)));
    EXPECT_TRUE(broken.is_closed());
}

TEST(ServerStreams, a_buffered_body_that_breaks_off_is_never_handled) {
    TestServer server;
    for (const char* request :
         {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
          "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
          "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Le"}) {
        RawClient client(server.port());
        client.send(request);
        client.finish_sending();
        const auto answer = client.answer();
        EXPECT_TRUE(!answer || answer->status == 400) << request;
        EXPECT_TRUE(client.is_closed());
    }
    EXPECT_EQ(server.front.handled, 0);
}

Task<Response> keep_stream(std::shared_ptr<api::BodySource>* kept, Request request) {
    *kept = request.stream;
    co_return text_answer("kept");
}

TEST(ServerStreams, a_stream_that_outlives_its_exchange_is_at_its_end) {
    TestServer server;
    std::shared_ptr<api::BodySource> kept;
    server.front.route("keep", {streamed, [&kept](Request request) {
                                    return keep_stream(&kept, std::move(request));
                                }});
    RawClient client(server.port());
    client.send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_EQ(client.answer()->body, "kept");
    client.send(get_echo);
    EXPECT_EQ(client.answer()->status, 200);
    bool has_failed = false;
    platform::start(kept->read(), [&](const auto& piece) { has_failed = !piece.ok(); });
    EXPECT_TRUE(has_failed);
}

}  // namespace
}  // namespace outlay::tests
