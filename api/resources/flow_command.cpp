// The way of a command through HTTP: header fields become its conditions, submit carries it, the
// answer is rendered.
#include "api/http/etag.hpp"
#include "api/http/idempotency.hpp"
#include "api/resources/command_meter.hpp"
#include "api/resources/flow_answer.hpp"
#include "api/resources/flow_operation.hpp"
#include "api/resources/flow_position.hpp"
#include "api/resources/flow_trace.hpp"
#include "platform/trace.hpp"

namespace outlay::api {

namespace {

using platform::Task;

constexpr std::chrono::seconds wait_default{2};
constexpr std::int64_t micros_per_milli = 1000;
// Matches no version: stands for tags that are not ours.
constexpr std::uint64_t no_version = 0;

// The version that a strong tag of ours names, "v3".
std::uint64_t version_of(const EntityTag& tag) {
    if (tag.is_weak || tag.text.size() < 2 || tag.text.front() != 'v') return no_version;
    std::uint64_t version = 0;
    const char* const begin = tag.text.data() + 1;
    const char* const end = tag.text.data() + tag.text.size();
    const auto [stop, error] = std::from_chars(begin, end, version);
    const bool is_number = error == std::errc{} && stop == end && *begin != '0';
    return is_number ? version : no_version;
}

std::optional<Problem> read_if_match(const Headers& headers, CommandInputs& inputs) {
    const auto tags = tags_in(headers, "If-Match");
    if (!tags.ok()) return tags.error();
    if (!*tags) return std::nullopt;
    inputs.has_if_match = true;
    for (const EntityTag& tag : (*tags)->tags) inputs.if_match.push_back(version_of(tag));
    return std::nullopt;
}

// RFC 9110 section 13.1.2: with "*" the method is for what does not exist yet.
std::optional<Problem> read_if_none_match(const Headers& headers, CommandInputs& inputs) {
    const auto tags = tags_in(headers, "If-None-Match");
    if (!tags.ok()) return tags.error();
    inputs.must_be_new = *tags && (*tags)->is_any;
    return std::nullopt;
}

}  // namespace

platform::Deadline wait_deadline(const Call& call, const Preferences& preferences) {
    const bool has_wait = preferences.wait && preferences.wait->count() > 0;
    return call.node.clock.monotonic() + (has_wait ? *preferences.wait : wait_default);
}

domain::Result<std::optional<journal::Position>, Problem> position_in(const Call& call) {
    constexpr std::string_view name = "Consistency-Token";
    const auto& headers = call.request.head.headers;
    const auto* const token = headers.find(name);
    if (token == nullptr) return std::optional<journal::Position>{};
    const auto opened =
        open_position(call.node.root_secret, call.node.submit.journal_identity, *token);
    const auto* const position = std::get_if<journal::Position>(&opened);
    if (position != nullptr && headers.count(name) == 1) return std::optional(*position);
    const bool is_foreign = std::holds_alternative<ForeignToken>(opened);
    auto wrong =
        is_foreign
            ? make_problem("token_foreign", "The Consistency-Token is of another journal; drop it.")
            : make_problem("malformed_parameter", "The Consistency-Token is malformed.");
    wrong.errors.push_back(
        header_error(name, is_foreign ? "foreign" : "malformed", "Send it back as it was given."));
    return domain::Fail{std::move(wrong)};
}

domain::Result<CommandInputs, Problem> command_inputs(const Call& call) {
    const auto& headers = call.request.head.headers;
    CommandInputs inputs;
    auto key = idempotency_key_in(headers);
    if (!key.ok()) return domain::Fail{std::move(key).error()};
    inputs.key = key->value_or("");
    if (auto wrong = read_if_match(headers, inputs)) return domain::Fail{std::move(*wrong)};
    if (auto wrong = read_if_none_match(headers, inputs)) return domain::Fail{std::move(*wrong)};
    const auto at_least = position_in(call);
    if (!at_least.ok()) return domain::Fail{at_least.error()};
    inputs.at_least = *at_least;
    const auto preferences = preferences_in(headers);
    inputs.respond_async = answers_at_once(preferences);
    inputs.deadline = wait_deadline(call, preferences);
    return inputs;
}

journal::Command make_command(Call& call, const CommandSpec& spec, const CommandInputs& inputs) {
    const auto& principal = call.who.principal;
    const auto scope = spec.creates_workspace ? principal.identity() : spec.workspace.value;
    journal::Command command;
    command.keyed = !inputs.key.empty();
    command.id = command.keyed ? journal::command_of_key(scope, principal.identity(), inputs.key)
                               : domain::CommandId{platform::random_uuid_v7(
                                     call.node.clock.now().micros / micros_per_milli)};
    command.workspace = spec.creates_workspace
                            ? domain::WorkspaceId{journal::derived_id(command.id, 0)}
                            : spec.workspace;
    command.creates_workspace = spec.creates_workspace;
    command.fingerprint = fingerprint_of(call.node.root_secret, inputs.fingerprint_text);
    command.principal = principal;
    command.target = spec.target(command.id);
    command.also = spec.also;
    command.target_is_new = spec.target_is_new;
    command.reads_categories = spec.reads_categories;
    command.if_match = inputs.if_match;
    command.has_if_match = inputs.has_if_match;
    command.must_be_new = inputs.must_be_new && spec.target_is_new;
    if (spec.version_of) {
        command.version_of = [version_of = spec.version_of,
                              id = command.id](const journal::Versioned& target) {
            return version_of(target, id);
        };
    }
    command.at_least = inputs.at_least;
    command.deadline = inputs.deadline;
    command.respond_async = inputs.respond_async;
    const auto& head = call.request.head;
    command.trace = head.trace.empty() ? trace_of(head.headers) : platform::span_below(head.trace);
    command.decide = spec.decide;
    return command;
}

Task<Response> run_command(Call& call, CommandSpec spec) {
    auto inputs = command_inputs(call);
    if (!inputs.ok()) co_return problem(call, inputs.error());
    const auto& head = call.request.head;
    inputs->fingerprint_text = canonical_request(head, spec.canonical_body);
    auto command = make_command(call, spec, *inputs);
    if (spec.before_append) {
        auto preparing = spec.before_append(command.id);
        const auto wrong = co_await preparing;
        if (wrong) co_return problem(call, *wrong);
    }
    auto decide = std::exchange(command.decide, nullptr);  // the only large part; not copied
    const auto sent = command;  // what the answer speaks of; submit takes the other
    command.decide = std::move(decide);
    auto step = submit(call, std::move(command));
    const journal::Answer answer = co_await step;
    const auto* const applied = std::get_if<journal::Applied>(&answer);
    if (spec.before_answer && applied != nullptr) {
        auto preparing = spec.before_answer(*applied);
        const auto wrong = co_await preparing;
        if (wrong) co_return problem(call, *wrong);
    }
    const auto preferences = preferences_in(head.headers);
    co_return response_of({call, spec, sent, preferences}, answer);
}

}  // namespace outlay::api
