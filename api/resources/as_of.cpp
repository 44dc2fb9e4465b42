// First wait until the projection has passed the moment, so that nothing of it is missing; then cut
// the workspace's commits there, in one snapshot.
#include "api/resources/as_of.hpp"

#include "api/resources/flow_position.hpp"
#include "api/resources/flow_query.hpp"

namespace outlay::api {

namespace {

using journal::Moment;
using journal::NoMoment;
using journal::Position;
using journal::When;
using platform::Task;

constexpr std::string_view parameter = "as_of";
constexpr std::string_view out_of_range = "as_of_out_of_range";

using JournalEnd = domain::Result<std::int64_t, journal::JournalError>;

JournalEnd overloaded() {
    return domain::Fail{
        journal::JournalError{journal::JournalErrorKind::unavailable, "the queue is full"}};
}

Problem no_such_moment(const NoMoment& why) {
    switch (why.kind) {
        case NoMoment::Kind::other_partition:
            return make_problem(out_of_range, "as_of is in another partition: " + why.detail);
        case NoMoment::Kind::before_workspace:
            return make_problem(out_of_range, "as_of lies before the workspace: " + why.detail);
    }
    CHECK(false, "a reason outside of its enumeration");
    return {};
}

// What the journal said when the question came. It may be away: what is projected can be told.
struct Wanted {
    When when;
    std::int32_t partition = 0;         // of the workspace
    std::optional<std::int64_t> end{};  // of that partition

    // The record behind which nothing of `when` is missing: of a time, the last one there is, for
    // all that comes later was appended later. Empty: unknown.
    std::optional<Position> needed() const {
        const auto* position = std::get_if<Position>(&when);
        if (position && position->partition == partition) return *position;
        return end ? std::optional(Position{partition, *end - 1}) : std::nullopt;
    }
};

// What nobody can know yet.
std::optional<Problem> in_future(const Call& call, const Wanted& wanted) {
    if (const auto* at = std::get_if<domain::Instant>(&wanted.when)) {
        if (*at <= call.node.clock.now()) return std::nullopt;
        return make_problem(out_of_range, "as_of lies in the future.");
    }
    const auto& position = std::get<Position>(wanted.when);
    const bool is_there =
        position.partition != wanted.partition || !wanted.end || position.offset < *wanted.end;
    if (is_there) return std::nullopt;
    return make_problem(out_of_range,
                        "as_of lies beyond the end of the journal: its next record is " +
                            Position{wanted.partition, *wanted.end}.text() + ".");
}

Problem not_all_there(const Wanted& wanted) {
    if (wanted.needed()) return lag_problem(parameter);
    return make_problem("journal_unavailable",
                        "Whether all that belongs to as_of is known cannot be told.");
}

// A position that this process saw projected: the journal need not be asked.
bool is_projected(const Call& call, const Wanted& wanted) {
    const auto* position = std::get_if<Position>(&wanted.when);
    return position && position->partition == wanted.partition &&
           position->offset < call.node.submit.outcomes.known_next(wanted.partition);
}

sql::Result<bool> shows_needed(sql::Session& session, const Wanted& wanted) {
    const auto needed = wanted.needed();
    return needed ? journal::shows(session, *needed) : sql::Result<bool>(false);
}

sql::Result<Response> answer(Call& call, const Wanted& wanted, const MomentBody& body,
                             QueryContext& context) {
    if (const auto wrong = in_future(call, wanted)) return problem(call, *wrong);
    const auto shown = shows_needed(context.session, wanted);
    if (!shown.ok()) return domain::Fail{shown.error()};
    const bool is_time = std::holds_alternative<domain::Instant>(wanted.when);
    if (!*shown && !is_time) return problem(call, not_all_there(wanted));
    const auto moment = journal::moment_of(context.session, context.workspace,
                                           call.node.submit.log.partition_count(), wanted.when);
    if (!moment.ok()) return domain::Fail{moment.error()};
    if (!moment->ok()) return problem(call, no_such_moment(moment->error()));
    if (!*shown && !(*moment)->has_later) return problem(call, not_all_there(wanted));
    auto response = body(context, **moment);
    if (response.ok()) response->headers.add("As-Of", (*moment)->position.text());
    return response;
}

sql::Result<Response> answer_from_past(Call& call, const PastBody& body, QueryContext& live,
                                       const Moment& moment) {
    auto* const past = call.node.past;
    CHECK(past != nullptr, "a node that answers of the past has a reader of it");
    if (moment.commits.size() > past->commits_max()) {
        return problem(
            call, make_problem("limit_reached",
                               "More than " + std::to_string(past->commits_max()) +
                                   " commits would have to be gone through; `outlay asof` does."));
    }
    std::optional<Response> found;
    const auto read = past->read(live.session, moment, [&](sql::Session& session) -> sql::Status {
        QueryContext context{session, live.workspace, live.member, live.role};
        auto response = body(context, moment.at);
        if (!response.ok()) return domain::Fail{response.error()};
        found = std::move(response).value();
        return domain::Done{};
    });
    if (!read.ok() && read.error().kind == sql::ErrorKind::busy) {
        return problem(call,
                       make_problem("overloaded", "Others look at the past; try again soon."));
    }
    if (!read.ok()) return domain::Fail{read.error()};
    return std::move(*found);
}

}  // namespace

domain::Result<std::optional<When>, Problem> read_as_of(const Call& call, QueryReader& query) {
    const auto text = query.text(parameter);
    if (!text) return std::optional<When>{};
    if (auto when = journal::parse_when(*text)) return when;
    const auto opened =
        open_position(call.node.root_secret, call.node.submit.journal_identity, *text);
    if (std::holds_alternative<ForeignToken>(opened)) {
        return domain::Fail{make_problem("token_foreign", "as_of belongs to another journal.")};
    }
    if (const auto* position = std::get_if<Position>(&opened))
        return std::optional<When>(*position);
    query.reject(
        parameter, "malformed",
        "Expected a position such as 3:1042, an instant such as 2026-11-20T08:15:00Z, or a "
        "Consistency-Token.");
    return std::optional<When>{};
}

Task<Response> run_query_at(Call& call, When when, MomentBody body) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) co_return not_found(call);
    auto& log = call.node.submit.log;
    Wanted wanted{when, journal::partition_of(*workspace, log.partition_count())};
    if (!is_projected(call, wanted)) {
        const std::function<JournalEnd()> ask = [&log, partition = wanted.partition] {
            return log.end(partition);
        };
        auto asking = platform::run_on(call.node.pool, *call.request.executor, ask, overloaded());
        const auto end = co_await asking;
        if (end.ok()) wanted.end = *end;
    }
    if (const auto needed = wanted.needed(); needed && wanted.end && !in_future(call, wanted)) {
        auto waiting = await_position(call, *needed, parameter);
        (void)co_await waiting;  // the snapshot tells whether it came
    }
    const QueryBody query = [&call, wanted, body = std::move(body)](QueryContext& context) {
        return answer(call, wanted, body, context);
    };
    auto running = run_query(call, query);
    auto response = co_await running;
    co_return response;
}

Task<Response> run_query_as_of(Call& call, std::optional<When> when, PastBody body) {
    if (!when) {
        const QueryBody query = [&call, body = std::move(body)](QueryContext& context) {
            return body(context, call.node.clock.now());
        };
        return run_query(call, query);
    }
    const MomentBody query = [&call, body = std::move(body)](QueryContext& live,
                                                             const Moment& moment) {
        return answer_from_past(call, body, live, moment);
    };
    return run_query_at(call, *when, query);
}

}  // namespace outlay::api
