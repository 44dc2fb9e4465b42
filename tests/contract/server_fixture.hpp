// A real server on a free port with a small Front whose routes tests choose by path, and a gate
// that holds handlers back until the test says so.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/server/server.hpp"
#include "tests/contract/server_client.hpp"

namespace outlay::tests {

// Handlers wait at it until it opens. Any thread.
class Gate {
public:
    // True once the gate is open. Copies of `resolve` are called once.
    platform::Completion<bool> wait(platform::Executor& executor);
    void open();
    // The number of handlers that have come so far reaches `count` before the deadline.
    bool wait_for_arrivals(std::size_t count);

private:
    void arrive(std::function<void(bool)> resolve);

    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_open_ = false;
    std::size_t arrivals_ = 0;
    std::vector<std::function<void(bool)>> waiting_;
};

struct TestRoute {
    api::Admitted admitted;
    std::function<platform::Task<api::Response>(api::Request)> handle;
};

// Routes by first path segment. The usual ones: /echo (buffered up to 1 MiB; answers with what it
// understood), /small (buffered up to 16 bytes), /required (needs a body), /nothing (204), /count
// (reads a stream to its end), /ignore (does not read its stream), /forbidden (refused before the
// body).
class TestFront final : public api::Front {
public:
    TestFront();
    void route(std::string name, TestRoute route) { routes_[std::move(name)] = std::move(route); }

    platform::Task<std::variant<api::Admitted, api::Response>> admit(
        const api::RequestHead& head, platform::Executor& executor) override;
    platform::Task<api::Response> handle(api::Request request,
                                         std::shared_ptr<void> route_state) override;
    api::Response problem(int status, std::string_view code, std::string_view detail,
                          const std::string& request_id) override;
    void begin_drain() override { drained.open(); }

    std::atomic<int> handled{0};
    Gate drained;

private:
    std::map<std::string, TestRoute> routes_;
};

api::Response text_answer(std::string text);
platform::Task<api::Response> answer_with(api::Response response);
// Answers "through the gate" once it opens.
platform::Task<api::Response> wait_at(Gate& gate, api::Request request);
// Answers only when the gate opens.
TestRoute held_at(Gate& gate);
// Streams for as long as somebody takes it; `has_ended` says that nobody does.
TestRoute endless(std::atomic<bool>& has_ended);

// Stopped and gone with the object; routes are added before the first request.
struct TestServer {
    explicit TestServer(api::ServerOptions options = {});
    std::uint16_t port() const { return server->port(); }

    TestFront front;
    std::unique_ptr<api::Server> server;
};

}  // namespace outlay::tests
