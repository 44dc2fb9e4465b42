// What every resource is made of: routes as data, a Call per request, and the ways through the
// house: run_command (parse -> submit -> answer) and run_query (one snapshot -> answer). Handlers
// run on the connection's I/O thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/http/front.hpp"
#include "api/http/message.hpp"
#include "api/http/prefer.hpp"
#include "api/http/problem.hpp"
#include "journal/past_reader.hpp"
#include "journal/submit.hpp"
#include "platform/clock.hpp"
#include "platform/egress.hpp"
#include "platform/hash.hpp"
#include "platform/json/value.hpp"
#include "platform/pool.hpp"
#include "platform/seal.hpp"
#include "platform/sql.hpp"
#include "views/cells.hpp"

namespace outlay::api {

class Identity;
class MessageWatch;

// Everything that handlers share in one process. Lives as long as the server.
struct Node {
    journal::SubmitShared& submit;
    sql::Store& store;
    platform::Pool& pool;
    const platform::Clock& clock;
    const platform::Zones& zones;
    platform::Secret root_secret;
    Identity& identity;
    const platform::Egress& egress;
    MessageWatch& messages;
    platform::SealKeys seal_keys;
    bool sends_mail = false;                             // there is a server that takes mail
    std::chrono::milliseconds stream_heartbeat{10'000};  // of streams that have nothing to say
    // Per I/O thread; each is destroyed with the server, before what `submit` refers to.
    std::unordered_map<platform::Executor*, std::unique_ptr<journal::Submitter>> submitters{};
    journal::PastReader* past = nullptr;  // outlives the server; null: there is no asking for it
};

struct Credential {
    journal::Principal principal;
    bool instance_owner = false;
    domain::KeyId key;
};

// One request on its way. It ends when the handler has answered: a Response's producer runs later
// and owns all it uses.
struct Call {
    Node& node;
    Request request;
    Credential who;                                            // nobody on public routes
    std::unordered_map<std::string_view, std::string> path{};  // "{ws}" -> "ws_..."

    journal::Submitter& submitter() { return *node.submitters.at(request.executor); }
};

using Handler = platform::Task<Response> (*)(Call& call);

struct Route {
    Method method;
    std::string_view pattern;       // "/v1/workspaces/{ws}/expenses/{id}"
    std::string_view operation_id;  // as in docs/openapi.yaml
    Handler handler;
    BodyMode body = BodyMode::none;
    std::string_view consumes = {};  // media types, comma separated; empty: no body
    std::size_t body_bytes_max = 64 * 1024;
    std::string_view produces =
        "application/json";     // media types that Accept may choose from, the best first
    bool is_public = false;     // needs no key
    bool body_required = true;  // with `consumes`: a request without a body is refused
    // Query parameters, comma separated, in up to two lists; any other one is refused.
    std::array<std::string_view, 2> parameters = {};

    constexpr Route taking(std::string_view some, std::string_view more = {}) const {
        Route route = *this;
        route.parameters = {some, more};
        return route;
    }
};
inline constexpr std::string_view json_body = "application/json";
inline constexpr std::string_view patch_body = "application/merge-patch+json,application/json";

// A command as a resource describes it; the flow adds key, fingerprint, preconditions, token and
// deadline.
struct CommandSpec {
    domain::WorkspaceId workspace{};
    bool creates_workspace = false;
    // Given the command id, the name of the target aggregate (new ids derive from the command id).
    std::function<std::string(const domain::CommandId&)> target;
    std::string also{};  // a second aggregate that the commit changes, as in journal::Command
    bool target_is_new = false;
    bool reads_categories = false;
    std::string canonical_body;  // canonical JSON of the body, "" without one
    journal::Decide decide;
    // Renders the answer's body from the target as it is at the commit. Empty: the answer has no
    // body (status 204).
    std::function<std::string(const journal::Versioned& target, const std::string& aggregate,
                              const domain::CommandId& command)>
        render;
    // The version of the client's resource where it is only a part of the target (a category of the
    // tree), for ETag and If-Match; 0: it does not exist. Empty: the target's own version.
    std::function<std::uint64_t(const journal::Versioned& target, const domain::CommandId& command)>
        version_of{};
    // Status when it applied (201 for a creation) and, for creations, the Location.
    int status = 200;
    std::function<std::string(const std::string& aggregate, const domain::CommandId& command)>
        location{};
    // Work between decision on the command id and the append, e.g. storing a key's hash. An error
    // ends the request.
    std::function<platform::Task<std::optional<Problem>>(const domain::CommandId& command)>
        before_append{};
    // Work between the outcome and the answer of what applied, for answers that show more than the
    // target. An error ends the request, though the command is applied: a repeated one is answered
    // like the first.
    std::function<platform::Task<std::optional<Problem>>(const journal::Applied& applied)>
        before_answer{};
};
platform::Task<Response> run_command(Call& call, CommandSpec spec);

// The same without HTTP around it, for bulk lines: `key` is the line's own idempotency key or
// empty.
struct CommandInputs {
    std::string key;               // "" : none
    std::string fingerprint_text;  // canonical_request() of api/http/idempotency.hpp
    std::vector<std::uint64_t> if_match;
    bool has_if_match = false;
    bool must_be_new = false;  // If-None-Match: *, of a creation
    std::optional<journal::Position> at_least;
    platform::Deadline deadline;
    bool respond_async = false;
};
// All that the header fields say; the fingerprint text is left to the caller. 400 for malformed
// fields, 410 for a foreign token.
domain::Result<CommandInputs, Problem> command_inputs(const Call& call);
journal::Command make_command(Call& call, const CommandSpec& spec, const CommandInputs& inputs);

// The problem of an answer that is not a success; empty for Applied and Pending.
std::optional<Problem> problem_of(const journal::Answer& answer);
std::string operation_id_of(const Node& node, const journal::Command& command,
                            const journal::Pending& pending);
std::string position_token(const Node& node, const journal::Position& position);
// The Consistency-Token field. Empty if there is none; 400 if it is malformed, 410 if it is of
// another journal.
domain::Result<std::optional<journal::Position>, Problem> position_in(const Call& call);
// How long this request may wait for others: Prefer wait=N, else 2 s.
platform::Deadline wait_deadline(const Call& call, const Preferences& preferences);

// One snapshot under row-level security of the workspace, at or above the client's token. The
// member's role is read in the same snapshot: no member -> 404. `body` runs on a pool thread; it
// answers with a Response or an sql error.
struct QueryContext {
    sql::Session& session;
    domain::WorkspaceId workspace;
    domain::MemberId member;
    domain::Role role;
};
using QueryBody = std::function<sql::Result<Response>(QueryContext&)>;
platform::Task<Response> run_query(Call& call, QueryBody body);
// The same over all workspaces, for what belongs to the installation. `body` sees to it that nobody
// reads too much.
using InstanceQueryBody = std::function<sql::Result<Response>(sql::Session&)>;
platform::Task<Response> run_instance_query(Call& call, InstanceQueryBody body);
// What an sql error means for a client; logs its detail.
Problem problem_of(const sql::Error& error);

// Parsed path parameters; a malformed or foreign id reads as "not found".
template <typename AnyId>
std::optional<AnyId> path_id(const Call& call, std::string_view name) {
    const auto found = call.path.find(name);
    return found == call.path.end() ? std::nullopt : AnyId::parse(found->second);
}
// A handler that has its answer without waiting for anything.
platform::Task<Response> answered(Response response);
platform::Task<Response> refused(const Call& call, const Problem& problem);
Response not_found(const Call& call);
Response problem(const Call& call, const Problem& problem);
Response json_response(int status, std::string body);
// 200 with the ETag of the version; the dispatch makes it 304 if the client has that one.
Response resource_response(std::uint64_t version, std::string body);
// Parses the buffered body strictly into an object; the problem names byte offset or field.
domain::Result<json::Value, Problem> parse_body(const Call& call);
// 400 for text that is no JSON, 422 for JSON that no store can keep (U+0000).
Problem problem_of(const json::ParseError& error);
// 422 with every error that a BodyReader has found.
Problem invalid_body(std::vector<domain::FieldError> errors);

// Events of one aggregate as a decision about it.
template <typename DomainEvent>
domain::Decision<std::vector<journal::Proposed>> propose(
    std::string_view aggregate, domain::Decision<std::vector<DomainEvent>> decision) {
    if (!decision.ok()) return domain::Fail{decision.error()};
    std::vector<journal::Proposed> events;
    for (auto& event : *decision)
        events.push_back({std::string(aggregate), domain::Event(std::move(event))});
    return events;
}

std::string_view role_name(domain::Role role);
std::optional<domain::Role> role_of(std::string_view name);
using views::instant_text;

// The routes of each resource, one function per file in api/resources.
std::span<const Route> workspace_routes();
std::span<const Route> member_routes();
std::span<const Route> service_account_routes();
std::span<const Route> service_account_key_routes();
std::span<const Route> user_routes();  // instance level: people and their keys
std::span<const Route> category_routes();
std::span<const Route> expense_routes();
std::span<const Route> bulk_routes();    // NDJSON in
std::span<const Route> export_routes();  // NDJSON and CSV out
std::span<const Route> budget_routes();
std::span<const Route> budget_action_routes();
std::span<const Route> alert_routes();
std::span<const Route> channel_routes();
std::span<const Route> delivery_routes();
std::span<const Route> message_routes();
std::span<const Route> stream_routes();
std::span<const Route> unsubscribe_routes();  // public: the token says who may
std::span<const Route> recovery_routes();
std::span<const Route> notice_routes();
std::span<const Route> report_routes();
std::span<const Route> operation_routes();
std::span<const Route> document_routes();  // /openapi.json, /openapi.yaml, /docs

}  // namespace outlay::api
