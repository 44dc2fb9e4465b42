// A line is the body of a single POST, with its own idempotency key as one more member. The key and
// the fingerprint are those of that POST, so either repeats the other.
#include "api/resources/bulk_line.hpp"

#include "api/http/idempotency.hpp"
#include "api/resources/command_meter.hpp"
#include "api/resources/expense_commands.hpp"
#include "platform/json/writer.hpp"

namespace outlay::api {

namespace {

using platform::Task;
using std::chrono::milliseconds;

constexpr milliseconds retry_pause{50};  // when the journal's queue is full
constexpr std::string_view key_member = "idempotency_key";

std::string result_line(const Line& line, int status,
                        const std::function<void(json::Writer&)>& members) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("line", static_cast<std::int64_t>(line.number))
        .field("status", std::int64_t{status});
    members(out);
    out.end_object();
    return text;
}

std::string problem_line(const BulkRequest& request, const Line& line, const Problem& wrong) {
    return result_line(line, wrong.status, [&](json::Writer& out) {
        out.key("problem").raw(problem_document(wrong, request.call->request.head.request_id));
    });
}

// The line's body without its key.
domain::Result<json::Value, json::ParseError> without_key(const json::Value& body) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    for (const auto& [name, value] : body.members()) {
        if (name != key_member) out.key(name).raw(value.raw());
    }
    out.end_object();
    auto parsed = json::parse(text);
    return parsed;
}

struct ParsedLine {
    CommandSpec spec;
    CommandInputs inputs;
};

domain::Result<std::string, Problem> key_of(const BulkRequest& request, const Line& line,
                                            const json::Value* member) {
    if (member) {
        const bool valid =
            member->kind() == json::Kind::string && is_idempotency_key(member->text());
        if (valid) return member->text();
        return domain::Fail{
            make_problem("idempotency_key_invalid", "1 to 255 visible ASCII characters")};
    }
    if (request.request_key.empty()) return std::string{};
    // A line feed cannot stand in a client's own key, so the two never collide.
    return request.request_key + "\n" + std::to_string(line.number);
}

domain::Result<ParsedLine, Problem> parse_line(const BulkRequest& request, const Line& line) {
    if (line.is_too_long) {
        return domain::Fail{make_problem("payload_too_large", "the line is longer than 64 KiB")};
    }
    const auto body = json::parse(line.text);
    if (!body.ok()) return domain::Fail{problem_of(body.error())};
    if (body->kind() != json::Kind::object) {
        return domain::Fail{invalid_body({{"", "wrong_type", "The line must be an object."}})};
    }
    std::vector<domain::FieldError> errors;
    BodyReader reader(*body, "", errors);
    const auto* const line_key = reader.member(key_member);
    auto expense = read_new_expense(reader);
    reader.finish();
    if (!errors.empty()) return domain::Fail{invalid_body(std::move(errors))};
    auto key = key_of(request, line, line_key);
    if (!key.ok()) return domain::Fail{key.error()};
    const auto plain = without_key(*body);
    CHECK(plain.ok(), "a parsed body became unreadable");
    ParsedLine parsed;
    parsed.spec = record_spec(request.workspace, std::move(*expense), json::canonical(*plain));
    parsed.inputs.key = std::move(key).value();
    parsed.inputs.fingerprint_text = canonical_request(
        Method::post, "/v1/workspaces/" + request.workspace.text() + "/expenses", &*plain);
    parsed.inputs.respond_async = request.respond_async;
    return parsed;
}

bool is_overload(const journal::Answer& answer) {
    const auto* unavailable = std::get_if<journal::Unavailable>(&answer);
    return unavailable && (unavailable->why == journal::Unavailable::Why::journal ||
                           unavailable->why == journal::Unavailable::Why::overloaded);
}

std::string answer_line(const BulkRequest& request, const Line& line,
                        const journal::Command& command, const journal::Answer& answer) {
    if (const auto wrong = problem_of(answer)) return problem_line(request, line, *wrong);
    if (const auto* pending = std::get_if<journal::Pending>(&answer)) {
        return result_line(line, 202, [&](json::Writer& out) {
            out.field("id", command.target)
                .field("operation", operation_id_of(request.call->node, command, *pending));
        });
    }
    const auto& applied = std::get<journal::Applied>(answer);
    return result_line(line, 201, [&](json::Writer& out) {
        out.field("id", applied.aggregate);
        if (applied.replayed) out.field("replayed", true);
    });
}

}  // namespace

Task<std::string> run_line(const BulkRequest& request, Line line, std::function<void()> on_append) {
    auto parsed = parse_line(request, line);
    if (!parsed.ok()) co_return problem_line(request, line, parsed.error());
    auto& call = *request.call;
    const auto deadline = call.node.clock.monotonic() + request.line_wait;
    parsed->inputs.deadline = deadline;
    for (;;) {
        auto command = make_command(call, parsed->spec, parsed->inputs);
        command.on_append = on_append;
        auto step = submit(call, command);
        const auto answer = co_await step;
        if (!is_overload(answer) || call.node.clock.monotonic() >= deadline) {
            co_return answer_line(request, line, command, answer);
        }
        platform::Completion<bool> pause(*call.request.executor, [&call](auto resolve) {
            call.request.executor->post_after(retry_pause, [resolve] { resolve(true); });
        });
        co_await pause;
    }
}

}  // namespace outlay::api
