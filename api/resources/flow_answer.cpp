// One function per kind of answer. "Unknown" is a 202 with an operation, never a failure.
#include "api/resources/flow_answer.hpp"

#include "api/http/etag.hpp"
#include "api/resources/flow_operation.hpp"
#include "api/resources/flow_position.hpp"
#include "platform/json/writer.hpp"

namespace outlay::api {

namespace {

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

std::string json_text(std::string_view text) {
    std::string json;
    json::append_escaped(json, text);
    return json;
}

std::string_view code_of(journal::Unavailable::Why why) {
    switch (why) {
        case journal::Unavailable::Why::journal:
            return "journal_unavailable";
        case journal::Unavailable::Why::store:
            return "store_unavailable";
        case journal::Unavailable::Why::halted:
            return "partition_halted";
        case journal::Unavailable::Why::sealed:
            return "journal_sealed";
        case journal::Unavailable::Why::paused:
            return "paused";
        case journal::Unavailable::Why::lag:
            return "projection_lag";
        case journal::Unavailable::Why::overloaded:
            return "overloaded";
    }
    CHECK(false, "a reason outside its enumeration");
    return {};
}

Problem paused_problem(const journal::Unavailable& answer) {
    auto wrong =
        make_problem("paused", "An operator has paused changes here: " + answer.detail +
                                   ". Nothing was written; the same request may be sent again.");
    wrong.extra.emplace_back("reason", json_text(answer.detail));
    if (answer.since) wrong.extra.emplace_back("since", json_text(answer.since->text()));
    return wrong;
}

Problem unavailable_problem(const journal::Unavailable& answer) {
    if (answer.why == journal::Unavailable::Why::paused) return paused_problem(answer);
    std::string detail = "Nothing was written; the same request may be sent again.";
    if (!answer.detail.empty()) detail += " Cause: " + answer.detail + ".";
    return make_problem(code_of(answer.why), std::move(detail));
}

Problem precondition_problem(const journal::PreconditionFailed& answer) {
    auto wrong = make_problem("precondition_failed",
                              "The resource is not at a version that If-Match names.");
    if (answer.current_version > 0) {
        wrong.extra.emplace_back(
            "current_etag", json_text(etag_of(static_cast<std::int64_t>(answer.current_version))));
    }
    return wrong;
}

Problem closed_problem(const journal::Closed& answer) {
    auto wrong = make_problem("command_closed", answer.problem.detail);
    wrong.extra.emplace_back("cause", json_text(answer.problem.code));
    return wrong;
}

std::uint64_t version_of(const CommandAnswer& context, const journal::Applied& answer) {
    return context.spec.version_of ? context.spec.version_of(answer.target, answer.command)
                                   : answer.target.head.version;
}

Response applied_response(const CommandAnswer& context, const journal::Applied& answer) {
    const auto& spec = context.spec;
    Response response;
    response.status = spec.status;
    if (spec.render) {
        response = json_response(spec.status,
                                 spec.render(answer.target, answer.aggregate, answer.command));
        response.headers.add("ETag",
                             etag_of(static_cast<std::int64_t>(version_of(context, answer))));
    }
    if (spec.location)
        response.headers.add("Location", spec.location(answer.aggregate, answer.command));
    // A no-op wrote nothing: what the client has seen before is all there is to see.
    const auto position = answer.position ? answer.position : context.command.at_least;
    if (position)
        response.headers.add("Consistency-Token", position_token(context.call.node, *position));
    if (answer.replayed) response.headers.add("Idempotent-Replayed", "true");
    return response;
}

Response pending_response(const CommandAnswer& context, const journal::Pending& answer) {
    const auto& node = context.call.node;
    const auto id = operation_id_of(node, context.command, answer);
    auto response = json_response(202, operation_body({id, "pending"}));
    response.headers.add(
        "Location", "/v1/workspaces/" + context.command.workspace.text() + "/operations/" + id);
    response.headers.add("Retry-After", "1");
    if (answer.position) {
        response.headers.add("Consistency-Token", position_token(node, *answer.position));
    }
    return response;
}

}  // namespace

std::optional<Problem> problem_of(const journal::Answer& answer) {
    using Found = std::optional<Problem>;
    const Overloaded by_kind{
        [](const journal::Applied&) { return Found{}; },
        [](const journal::Pending&) { return Found{}; },
        [](const journal::Refused& refused) { return Found{problem_of(refused.refusal)}; },
        [](const journal::KeyReused&) {
            return Found{
                make_problem("idempotency_key_reused",
                             "The Idempotency-Key was used before, with another request.")};
        },
        [](const journal::PreconditionFailed& failed) {
            return Found{precondition_problem(failed)};
        },
        [](const journal::LostRace&) {
            return Found{make_problem(
                "conflict", "Other commands changed the same resource until the deadline.")};
        },
        [](const journal::Closed& closed) { return Found{closed_problem(closed)}; },
        [](const journal::Unavailable& away) { return Found{unavailable_problem(away)}; },
    };
    return std::visit(by_kind, answer);
}

Response response_of(const CommandAnswer& context, const journal::Answer& answer) {
    Response response;
    if (const auto wrong = problem_of(answer)) {
        response = problem(context.call, *wrong);
        const auto* const failed = std::get_if<journal::PreconditionFailed>(&answer);
        if (failed != nullptr && failed->current_version > 0) {
            response.headers.add("ETag",
                                 etag_of(static_cast<std::int64_t>(failed->current_version)));
        }
    } else if (const auto* const pending = std::get_if<journal::Pending>(&answer)) {
        response = pending_response(context, *pending);
    } else {
        response = applied_response(context, std::get<journal::Applied>(answer));
    }
    const auto honoured = preference_applied(context.preferences);
    if (!honoured.empty()) response.headers.add("Preference-Applied", honoured);
    return response;
}

std::string operation_body(const OperationView& operation) {
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("object", "operation")
        .field("id", operation.id)
        .field("state", operation.state)
        .key("resource")
        .raw(operation.resource)
        .key("problem")
        .raw(operation.problem)
        .end_object();
    return body;
}

std::string operation_id_of(const Node& node, const journal::Command& command,
                            const journal::Pending& pending) {
    return seal_operation(
        node.root_secret, node.submit.journal_identity,
        {command.workspace, command.id, command.fingerprint, pending.settle_after});
}

std::string position_token(const Node& node, const journal::Position& position) {
    return seal_position(node.root_secret, node.submit.journal_identity, position);
}

}  // namespace outlay::api
