// A real server with routes for tests.
#include "tests/contract/server_fixture.hpp"

#include <utility>

#include "api/http/problem.hpp"
#include "domain/values/check.hpp"

namespace outlay::tests {

using api::Admitted;
using api::BodyMode;
using api::Request;
using api::Response;
using platform::Task;

platform::Completion<bool> Gate::wait(platform::Executor& executor) {
    return {executor, [this](std::function<void(bool)> resolve) { arrive(std::move(resolve)); }};
}

void Gate::arrive(std::function<void(bool)> resolve) {
    std::unique_lock lock(mutex_);
    ++arrivals_;
    changed_.notify_all();
    if (!is_open_) {
        waiting_.push_back(std::move(resolve));
        return;
    }
    lock.unlock();
    resolve(true);
}

void Gate::open() {
    std::unique_lock lock(mutex_);
    is_open_ = true;
    const auto waiting = std::exchange(waiting_, {});
    lock.unlock();
    for (const auto& resolve : waiting) resolve(true);
}

bool Gate::wait_for_arrivals(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, client_patience, [&] { return arrivals_ >= count; });
}

Response text_answer(std::string text) {
    Response response;
    response.content_type = "text/plain";
    response.body = std::move(text);
    return response;
}

Task<Response> answer_with(Response response) {
    co_return response;
}

Task<Response> wait_at(Gate& gate, Request request) {
    platform::Completion<bool> opening = gate.wait(*request.executor);
    co_await opening;
    co_return text_answer("through the gate");
}

namespace {

Task<bool> produce_endlessly(std::atomic<bool>* has_ended, api::BodySink& sink) {
    bool alive = true;
    while (alive) {
        Task<bool> writing = sink.write(std::string(65536, 'z'));
        alive = co_await writing;
    }
    *has_ended = true;
    co_return false;
}

}  // namespace

TestRoute held_at(Gate& gate) {
    return {{}, [&gate](Request request) { return wait_at(gate, std::move(request)); }};
}

TestRoute endless(std::atomic<bool>& has_ended) {
    const auto handle = [&has_ended](Request) {
        Response response = text_answer("");
        response.producer = [&has_ended](api::BodySink& sink) {
            return produce_endlessly(&has_ended, sink);
        };
        return answer_with(std::move(response));
    };
    return {{}, handle};
}

namespace {

// One line per thing that was understood, so that tests see what the server made of the bytes.
Task<Response> echo(Request request) {
    std::string text(api::method_name(request.head.method));
    for (const std::string& segment : request.head.path) text += " /" + segment;
    for (const auto& [name, value] : request.head.query) text += " ?" + name + "=" + value;
    if (const auto* host = request.head.headers.find("Host")) text += " host=" + *host;
    if (const auto* late = request.head.headers.find("X-Late")) text += " late=" + *late;
    text += " fields=" + std::to_string(request.head.headers.fields().size());
    text += "\n" + request.body;
    co_return text_answer(std::move(text));
}

Task<Response> nothing(Request) {
    Response response;
    response.status = 204;
    co_return response;
}

Task<Response> count(Request request) {
    std::size_t bytes = 0;
    for (;;) {
        Task<domain::Result<std::optional<std::string>, api::BodyError>> reading =
            request.stream->read();
        auto piece = co_await reading;
        if (!piece) {
            Response failed =
                text_answer("error " + std::to_string(static_cast<int>(piece.error())));
            failed.status = 400;
            co_return failed;
        }
        if (!*piece) break;
        bytes += (*piece)->size();
    }
    co_return text_answer(std::to_string(bytes));
}

Task<Response> ignore(Request) {
    co_return text_answer("ignored");
}

constexpr std::size_t mebibyte = 1024 * 1024;

}  // namespace

TestFront::TestFront() {
    const Admitted buffered{.body = BodyMode::buffered, .body_bytes_max = mebibyte};
    const Admitted streamed{.body = BodyMode::stream, .body_bytes_max = 64 * mebibyte};
    route("echo", {buffered, echo});
    route("small", {{.body = BodyMode::buffered, .body_bytes_max = 16}, echo});
    route("required",
          {{.body = BodyMode::buffered, .body_bytes_max = mebibyte, .body_required = true}, echo});
    route("nothing", {{}, nothing});
    route("none", {{}, ignore});
    route("count", {streamed, count});
    route("ignore", {streamed, ignore});
    route("narrow", {{.body = BodyMode::stream, .body_bytes_max = 16}, count});
}

Task<std::variant<Admitted, Response>> TestFront::admit(const api::RequestHead& head,
                                                        platform::Executor&) {
    const std::string name = head.path.empty() ? "" : head.path.front();
    if (name == "forbidden") co_return problem(401, "unauthenticated", "No key.", head.request_id);
    const auto found = routes_.find(name);
    if (found == routes_.end())
        co_return problem(404, "route_not_found", "No such path.", head.request_id);
    Admitted admitted = found->second.admitted;
    admitted.route_state = std::shared_ptr<void>(std::shared_ptr<void>(), &found->second);
    co_return admitted;
}

Task<Response> TestFront::handle(Request request, std::shared_ptr<void> route_state) {
    const auto* route = static_cast<const TestRoute*>(route_state.get());
    ++handled;
    Task<Response> handling = route->handle(std::move(request));
    Response response = co_await handling;
    co_return response;
}

Response TestFront::problem(int status, std::string_view code, std::string_view detail,
                            const std::string& request_id) {
    const api::Problem problem = api::make_problem(code, std::string(detail));
    CHECK(problem.status == status, "the server and the problem table disagree about a status");
    return api::problem_response(problem, request_id);
}

TestServer::TestServer(api::ServerOptions options) {
    options.port = 0;
    auto made = api::make_server(options);
    CHECK(made.ok(), "no port to listen on");
    server = std::move(made).value();
    server->serve(front);
}

}  // namespace outlay::tests
