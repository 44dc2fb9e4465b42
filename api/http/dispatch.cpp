// From request head to handler. Each check either passes or ends the request with its own problem.
#include "api/http/dispatch.hpp"

#include <algorithm>

#include "api/auth/identity.hpp"
#include "api/http/bearer.hpp"
#include "api/http/etag.hpp"
#include "api/http/media.hpp"
#include "api/http/query.hpp"
#include "api/http/request_meter.hpp"
#include "api/http/request_span.hpp"
#include "api/resources/flow_trace.hpp"
#include "api/resources/message_watch.hpp"

namespace outlay::api {

namespace {

using platform::Task;
using Verdict = std::variant<Admitted, Response>;

// What admit found out, for handle.
struct RouteState {
    const Route* route = nullptr;
    PathParameters path;
    Credential who;
    std::string trace{};  // of the request's own span
};

Response refusal(const RequestHead& head, std::string_view code, std::string detail) {
    return problem_response(make_problem(code, std::move(detail)), head.request_id);
}

Response method_not_allowed(const RequestHead& head, const RoutePattern& pattern) {
    auto response =
        refusal(head, "method_not_allowed", "This path takes: " + pattern.allow() + ".");
    response.headers.add("Allow", pattern.allow());
    return response;
}

Response options_response(const RoutePattern& pattern) {
    Response response;
    response.status = 204;
    response.headers.add("Allow", pattern.allow());
    if (const auto types = pattern.accepted(Method::post); !types.empty()) {
        response.headers.add("Accept-Post", types);
    }
    if (const auto types = pattern.accepted(Method::patch); !types.empty()) {
        response.headers.add("Accept-Patch", types);
    }
    return response;
}

// Asked by browsers on behalf of pages, without credentials. Without CORS fields in the answer the
// page may do nothing.
bool is_preflight(const RequestHead& head) {
    return head.method == Method::options && head.headers.find("Origin") != nullptr &&
           head.headers.find("Access-Control-Request-Method") != nullptr;
}

bool announces_body(const RequestHead& head) {
    const auto* const length = head.headers.find("Content-Length");
    return head.headers.find("Transfer-Encoding") != nullptr ||
           (length != nullptr && *length != "0");
}

// Only the identity coding is understood.
bool is_coded(const RequestHead& head) {
    for (const auto coding : list_of(head.headers, "Content-Encoding")) {
        if (!equal_names(coding, "identity")) return true;
    }
    return false;
}

// The refusal of what the client sends or wants to get, if there is one.
std::optional<Response> media_refusal(const RequestHead& head, const Route& route) {
    const auto offered = entries_of(route.produces);
    if (!negotiated(head.headers, offered)) return not_acceptable(offered, head.request_id);
    const auto accepted = entries_of(route.consumes);
    if (accepted.empty() || !announces_body(head)) return std::nullopt;
    if (!has_media_type(head.headers, accepted)) {
        return unsupported_media_type(head.method, accepted, head.request_id);
    }
    if (!is_coded(head)) return std::nullopt;
    auto response = refusal(head, "unsupported_media_type", "The body must not be compressed.");
    response.headers.add("Accept-Encoding", "identity");
    return response;
}

// A client that has this version already gets no body (RFC 9110 section 13.1.2).
void shorten_if_known(const RequestHead& head, Response& response) {
    const auto* const tag = response.headers.find("ETag");
    const bool is_read = head.method == Method::get || head.method == Method::head;
    if (!is_read || response.status != 200 || tag == nullptr) return;
    const auto known = tags_in(head.headers, "If-None-Match");
    if (!known.ok() || !*known) return;
    const auto& list = **known;
    const bool is_known =
        list.is_any || std::ranges::any_of(list.tags, [tag](const EntityTag& sent) {
            return '"' + sent.text + '"' == *tag;
        });
    if (!is_known) return;
    response.status = 304;
    response.body.clear();
    response.content_type.clear();
}

void note_route(const RequestHead& head, const Route& route, const PathParameters& path) {
    if (head.exchange == nullptr) return;
    head.exchange->route = route.pattern;
    head.exchange->operation = route.operation_id;
    head.exchange->parent = sent_trace(head.headers);
    head.exchange->trace = trace_of(head.headers);
    const auto workspace = path.find("{ws}");
    // Only what is an id: the rest of a path is anybody's text.
    if (workspace != path.end() && domain::WorkspaceId::parse(workspace->second))
        head.exchange->workspace = workspace->second;
}

}  // namespace

Task<Verdict> Dispatch::admit(const RequestHead& head, platform::Executor& executor) {
    const auto* const pattern = routes_.match(head.path);
    if (pattern == nullptr)
        co_return refusal(head, "route_not_found", "There is no such path; see /docs.");
    const bool is_options = head.method == Method::options;
    if (is_preflight(head)) co_return options_response(*pattern);
    const Route* const route = is_options ? pattern->routes.front() : pattern->find(head.method);
    if (route == nullptr) co_return method_not_allowed(head, *pattern);

    const auto state =
        std::make_shared<RouteState>(RouteState{route, parameters_of(*pattern, head.path), {}});
    note_route(head, *route, state->path);
    if (head.exchange != nullptr) state->trace = head.exchange->trace;
    if (!route->is_public) {
        auto asking = authenticate(head, executor);
        auto answer = co_await asking;
        if (auto* const refused = std::get_if<Response>(&answer)) co_return std::move(*refused);
        state->who = std::get<Credential>(std::move(answer));
    }
    if (is_options) co_return options_response(*pattern);
    if (!head.query.empty()) {
        const auto wrong = undeclared_parameters(head.query, parameters_of(*route));
        if (wrong) co_return problem_response(*wrong, head.request_id);
    }
    if (auto refused = media_refusal(head, *route)) co_return std::move(*refused);
    co_return Admitted{route->body, route->body_bytes_max,
                       route->body_required && !route->consumes.empty(), state};
}

Task<std::variant<Credential, Response>> Dispatch::authenticate(const RequestHead& head,
                                                                platform::Executor& executor) {
    auto bearer = bearer_of(head.headers);
    if (!bearer) {
        co_return refusal(head, "unauthenticated",
                          "Send an API key as \"Authorization: Bearer olk_...\".");
    }
    auto asking = node_.identity.authenticate(std::move(*bearer), executor);
    auto found = co_await asking;
    if (!found.ok()) co_return problem_response(problem_of(found.error()), head.request_id);
    if (!*found) {
        auto response = refusal(head, "unauthenticated", "The API key is unknown or disabled.");
        response.headers.set("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        co_return response;
    }
    co_return **found;
}

Task<Response> Dispatch::handle(Request request, std::shared_ptr<void> route_state) {
    const auto state = std::static_pointer_cast<RouteState>(route_state);
    request.head.operation = state->route->operation_id;
    request.head.trace = state->trace;
    request.head.exchange = nullptr;  // handlers may outlive it
    Call call{node_, std::move(request), state->who, std::move(state->path)};
    auto handling = state->route->handler(call);
    Response response = co_await handling;
    shorten_if_known(call.request.head, response);
    if (!state->route->is_public) response.headers.set("Cache-Control", "no-store");
    co_return response;
}

void Dispatch::began(const Exchange&) {
    count_begun();
}

void Dispatch::ended(const Exchange& exchange) {
    count_ended(exchange);
    access_log_.note(exchange);
    trace_request(exchange);
}

void Dispatch::begin_drain() {
    node_.messages.stop();
}

Response Dispatch::problem(int status, std::string_view code, std::string_view detail,
                           const std::string& request_id) {
    auto wrong = make_problem(code, std::string(detail));
    wrong.status = status;
    return problem_response(wrong, request_id);
}

}  // namespace outlay::api
