// Answers that mean "not yet" are asked for again.
#include "app/visitor.hpp"

#include "app/signals.hpp"

namespace outlay::app {

namespace {

using Clock = std::chrono::steady_clock;
using curl::Method;

constexpr std::chrono::milliseconds pause{200};  // before a request is sent again
constexpr std::size_t answer_bytes_max = 4'000'000;
constexpr int accepted = 202;
constexpr int bad_request = 400;
constexpr int too_many = 429;
constexpr int server_error = 500;

}  // namespace

std::string text_of(const json::Value* object, std::string_view member) {
    const auto* const found = object == nullptr ? nullptr : object->find(member);
    return found != nullptr && found->kind() == json::Kind::string ? found->text() : "";
}

Visitor::Visitor(VisitedServer server, std::chrono::seconds patience)
    : server_(std::move(server)), ends_(Clock::now() + patience) {}

platform::HttpRequest Visitor::request_for(const std::string& path,
                                           const std::string& command) const {
    platform::HttpRequest request{server_.url + path, {{"Authorization", "Bearer " + server_.key}}};
    if (!command.empty()) request.headers.emplace_back("Idempotency-Key", command);
    return request;
}

Visitor::Found Visitor::get(const std::string& path) const {
    return ask(Method::get, request_for(path, ""));
}

Visitor::Found Visitor::post(const std::string& path, const std::string& body,
                             const std::string& command) const {
    auto request = request_for(path, command);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body;
    return ask(Method::post, std::move(request));
}

Visitor::Found Visitor::remove(const std::string& path, const std::string& command) const {
    return ask(Method::remove, request_for(path, command));
}

Visitor::Found Visitor::ask(Method method, platform::HttpRequest request) const {
    for (;;) {
        auto answered = once(method, request);
        if (answered.ok() || !answered.error().is_silence) return answered;
        if (Clock::now() + pause >= ends_) return answered;
        if (wait_for_end(pause)) return domain::Fail{Trouble{"it was interrupted", true}};
    }
}

Visitor::Found Visitor::once(Method method, const platform::HttpRequest& request) const {
    const auto answer = curl::call(access_.egress,
                                   {.kept_bytes_max = answer_bytes_max,
                                    .read_bytes_max = answer_bytes_max,
                                    .trusted_file = server_.ca_file},
                                   method, request);
    if (!answer.ok()) {
        const auto kind = answer.error().kind;
        const bool is_final =
            kind == platform::HttpFailure::refused || kind == platform::HttpFailure::tls;
        return domain::Fail{
            Trouble{"the server does not answer: " + answer.error().detail, !is_final}};
    }
    auto body = json::parse(answer->body);
    const auto status = answer->status;
    if (status == accepted) return domain::Fail{Trouble{"the command is not projected yet", true}};
    if (status >= bad_request) {
        const auto detail = body.ok() ? text_of(&*body, "detail") : "";
        return domain::Fail{Trouble{
            "the server answers " + std::to_string(status) + (detail.empty() ? "" : ": " + detail),
            status >= server_error || status == too_many}};
    }
    if (!body.ok()) return domain::Fail{Trouble{"what answers there is not Outlay"}};
    return std::move(body).value();
}

}  // namespace outlay::app
