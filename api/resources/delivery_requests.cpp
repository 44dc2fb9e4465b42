// A request under a key takes its row first, so that a twin on another node waits for its answer.
#include "api/resources/delivery_requests.hpp"

#include <array>

#include "api/http/idempotency.hpp"
#include "api/resources/channel_access.hpp"
#include "api/resources/expense_filter.hpp"
#include "api/resources/flow_operation.hpp"
#include "api/resources/flow_query.hpp"

namespace outlay::api {

namespace {

using platform::Task;

constexpr int accepted = 202;

// Who asks under which key, and for what.
struct Keyed {
    domain::CommandId id;
    domain::WorkspaceId workspace;
    std::string fingerprint;
    std::string now;
};

domain::Result<std::optional<Keyed>, Problem> keyed(const Call& call,
                                                    const DeliveryRequest& wanted) {
    const auto& head = call.request.head;
    const auto key = idempotency_key_in(head.headers);
    if (!key.ok()) return domain::Fail{key.error()};
    if (!*key) return std::optional<Keyed>{};
    const auto text = canonical_request(head, wanted.canonical_body);
    return std::optional(
        Keyed{journal::command_of_key(wanted.workspace.value, call.who.principal.identity(), **key),
              wanted.workspace, fingerprint_of(call.node.root_secret, text),
              stored_instant(call.node.clock.now())});
}

// True: this request is the first one.
sql::Result<bool> begin(sql::Session& session, const Keyed& request) {
    const std::array<sql::Value, 4> row{request.id.value.text(), request.workspace.value.text(),
                                        request.fingerprint, request.now};
    const auto begun = session.execute(
        "INSERT INTO outlay.delivery_requests (id, workspace, fingerprint, answer, created_at)"
        " VALUES ($1, $2, $3, '', $4) ON CONFLICT (id) DO NOTHING",
        row);
    if (!begun.ok()) return domain::Fail{begun.error()};
    return *begun == 1;
}

sql::Result<Response> repeated(const Call& call, sql::Session& session, const Keyed& request) {
    const std::array<sql::Value, 1> parameters{request.id.value.text()};
    const auto rows = session.query(
        "SELECT fingerprint, answer FROM outlay.delivery_requests WHERE id = $1", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) {
        return problem(call, make_problem("store_unavailable",
                                          "A request under this key has just failed; try again."));
    }
    if (rows->text(0, 0) != request.fingerprint) {
        return problem(call,
                       make_problem("idempotency_key_reused",
                                    "The Idempotency-Key was used before, with another request."));
    }
    auto response = json_response(accepted, rows->text(0, 1));
    response.headers.add("Idempotent-Replayed", "true");
    return response;
}

sql::Status keep(sql::Session& session, const Keyed& request, const Response& response) {
    const std::array<sql::Value, 2> answer{request.id.value.text(), response.body};
    const auto kept =
        response.status == accepted
            ? session.execute("UPDATE outlay.delivery_requests SET answer = $2 WHERE id = $1",
                              answer)
            : session.execute("DELETE FROM outlay.delivery_requests WHERE id = $1",
                              std::span(answer).first(1));
    if (!kept.ok()) return domain::Fail{kept.error()};
    return domain::Done{};
}

sql::Result<Response> write_once(const Call& call, sql::Session& session, const Keyed& request,
                                 const Writing& writing) {
    const auto is_first = begin(session, request);
    if (!is_first.ok()) return domain::Fail{is_first.error()};
    if (!*is_first) return repeated(call, session, request);
    auto response = writing(session);
    if (!response.ok()) return response;
    const auto kept = keep(session, request, *response);
    if (!kept.ok()) return domain::Fail{kept.error()};
    return response;
}

}  // namespace

Task<Response> write_as_manager(Call& call, DeliveryRequest wanted) {
    auto request = keyed(call, wanted);
    if (!request.ok()) co_return problem(call, request.error());
    auto asking = run_query(call, for_managers(call, wanted.question));
    auto verdict = co_await asking;
    constexpr int seen = 200;
    if (verdict.status != seen) co_return verdict;
    Writing work = wanted.writing;
    if (*request) {
        work = [&call, request = **request, writing = wanted.writing](sql::Session& session) {
            return write_once(call, session, request, writing);
        };
    }
    auto step = in_store<Response>(call, {sql::Access::admin, std::nullopt}, std::move(work));
    auto written = co_await step;
    if (!written.ok()) co_return problem(call, problem_of(written.error()));
    co_return std::move(written).value();
}

sql::Result<bool> has_channel(sql::Session& session, const domain::WorkspaceId& workspace,
                              const domain::ChannelId& channel) {
    const std::array<sql::Value, 2> parameters{workspace.value.text(), channel.value.text()};
    const auto rows =
        session.query("SELECT id FROM read.channels WHERE workspace = $1 AND id = $2", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    return !rows->empty();
}

}  // namespace outlay::api
