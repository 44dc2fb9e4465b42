// GET /v1/workspaces/{ws}/stream: messages as they are projected, as server-sent events. A stream
// is a coroutine that waits without a thread; each look at the store asks again who is reading.
#include <array>

#include "api/auth/identity.hpp"
#include "api/http/bearer.hpp"
#include "api/http/event_text.hpp"
#include "api/resources/flow_query.hpp"
#include "api/resources/message_choice.hpp"
#include "api/resources/message_watch.hpp"
#include "api/resources/page.hpp"
#include "api/resources/stream_place.hpp"
#include "views/message.hpp"

namespace outlay::api {

namespace {

using platform::Task;

constexpr std::size_t look_rows = 50;
// What a reader that stalls may leave unread here, beside the socket's own buffers. It is cut off
// by the server's patience with slow readers.
constexpr std::size_t stream_unsent_max = 32 * 1024;
// Without news a reader's key is looked at this often; a reader for whom that was not possible for
// too long, because the store is away, is let go.
constexpr std::chrono::seconds check_pause{15};
constexpr std::chrono::seconds failed_pause{1};
constexpr std::chrono::seconds unchecked_max{45};
constexpr std::string_view retry_line = "retry: 3000\n";

struct Stream {
    Stream(Call c, domain::WorkspaceId w, std::string key)
        : call(std::move(c)), workspace(w), bearer(std::move(key)) {}
    Call call;
    domain::WorkspaceId workspace;
    std::string bearer;
    MessageChoice choice{};
    std::string asked_place{};  // "" : from now on
    StreamPlace place{};
    bool is_reset = false;  // the place that was asked for means nothing here
    platform::Deadline checked_at{};
    platform::Deadline look_at{};  // with or without news
    platform::Deadline written_at{};
    std::vector<views::MessageView> found{};
    std::vector<std::int64_t> offsets{};  // of `found`
    std::optional<StreamPlace> behind{};  // behind it nothing is left that was not found
};
using StreamPtr = std::shared_ptr<Stream>;  // shared with looks under way

std::string token_of(const Stream& stream) {
    const auto& node = stream.call.node;
    return seal_place(node.root_secret, node.submit.journal_identity, stream.workspace,
                      stream.place);
}

sql::Result<std::int64_t> next_of(const Stream& stream, sql::Session& session) {
    const auto partition =
        journal::partition_of(stream.workspace, stream.call.node.submit.log.partition_count());
    const auto all = journal::checkpoints(session);
    if (!all.ok()) return domain::Fail{all.error()};
    for (const auto& checkpoint : *all) {
        if (checkpoint.partition == partition) return checkpoint.next;
    }
    return 0;
}

// Whether messages that follow the place are gone already.
sql::Result<bool> is_too_old(const Stream& stream, const StreamPlace& place,
                             sql::Session& session) {
    const std::array<sql::Value, 1> parameters{stream.workspace.value.text()};
    const auto rows = session.query(
        "SELECT log_offset FROM outlay.message_horizons WHERE workspace = $1", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) return false;
    const auto horizon = end_of(rows->integer(0, 0) + 1);
    return place.offset < horizon.offset || (place.offset == horizon.offset && !(place == horizon));
}

// A place is unknown if it is of another journal, of a store that had come further than this one,
// or older than what is kept.
sql::Result<Response> open_stream(Stream& stream, QueryContext& context) {
    const auto next = next_of(stream, context.session);
    if (!next.ok()) return domain::Fail{next.error()};
    stream.place = end_of(*next);
    if (stream.asked_place.empty()) return json_response(200, {});
    const auto& node = stream.call.node;
    const auto opened = open_place(node.root_secret, node.submit.journal_identity, stream.workspace,
                                   stream.asked_place);
    const auto* const place = std::get_if<StreamPlace>(&opened);
    stream.is_reset = place == nullptr || place->offset >= *next;
    if (stream.is_reset) return json_response(200, {});
    const auto too_old = is_too_old(stream, *place, context.session);
    if (!too_old.ok()) return domain::Fail{too_old.error()};
    stream.is_reset = *too_old;
    if (!stream.is_reset) stream.place = *place;
    return json_response(200, {});
}

sql::Status find_messages(Stream& stream, sql::Session& session) {
    Conditions where;
    where.add("m.workspace = " + where.bind(stream.workspace.value.text()));
    stream.choice.add_to(where);
    where.add("(m.log_offset, m.id) > (" + where.bind(stream.place.offset) + ", " +
              where.bind(stream.place.message.text()) + ")");
    const auto rows = session.query(
        "SELECT " + std::string(views::message_columns) + ", m.log_offset FROM outlay.outbox m" +
            where.text() + " ORDER BY m.log_offset, m.id LIMIT " + std::to_string(look_rows),
        where.parameters());
    if (!rows.ok()) return domain::Fail{rows.error()};
    constexpr std::size_t offset_column = 5;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        stream.found.push_back(views::message_row(*rows, row));
        stream.offsets.push_back(rows->integer(row, offset_column));
    }
    return domain::Done{};
}

// False: whoever reads is nobody here any more.
sql::Result<bool> look_in(Stream& stream, const Credential& who, sql::Session& session) {
    stream.found.clear();
    stream.offsets.clear();
    const auto acting = acting_member(session, stream.workspace, who.principal);
    if (!acting.ok()) return domain::Fail{acting.error()};
    if (!*acting) return false;
    const auto next = next_of(stream, session);
    if (!next.ok()) return domain::Fail{next.error()};
    const auto found = find_messages(stream, session);
    if (!found.ok()) return domain::Fail{found.error()};
    stream.behind.reset();
    if (stream.found.size() < look_rows) stream.behind = end_of(*next);
    return true;
}

// False: the stream ends, because the key is not in force any more or its holder is gone.
Task<sql::Result<bool>> look(StreamPtr stream) {
    auto& call = stream->call;
    const auto asked_at = call.node.clock.monotonic();
    auto asking = call.node.identity.authenticate(stream->bearer, *call.request.executor);
    auto who = co_await asking;
    if (!who.ok()) co_return domain::Fail{who.error()};
    if (!*who) co_return false;
    const std::function<sql::Result<bool>(sql::Session&)> work =
        [stream, who = **who](sql::Session& session) { return look_in(*stream, who, session); };
    auto step = in_store<bool>(call, {sql::Access::query, stream->workspace}, work);
    auto looked = co_await step;
    if (looked.ok()) {
        stream->checked_at = asked_at;
        stream->look_at = asked_at + check_pause;
    }
    co_return looked;
}

Task<bool> write(StreamPtr stream, BodySink& sink, std::string text) {
    auto writing = sink.write(std::move(text));
    const bool peer_reads = co_await writing;
    stream->written_at = stream->call.node.clock.monotonic();
    co_return peer_reads;
}

// The place goes out first: a reader that is cut off before the first message resumes from here.
std::string beginning(const Stream& stream) {
    const auto token = token_of(stream);
    std::string text(retry_line);
    if (stream.is_reset) {
        return text + event_text({.id = token, .type = "reset", .data = "{}"});
    }
    return text + event_text({.id = token});
}

// What was found, as text; the place moves on, also past what the stream does not tell: it is not
// looked through again.
std::string take_found(Stream& stream) {
    std::string text;
    for (std::size_t i = 0; i < stream.found.size(); ++i) {
        const auto& message = stream.found[i];
        stream.place = {stream.offsets[i], message.id.value};
        text += event_text(
            {.id = token_of(stream),
             .type = message.type,
             .data = views::message_event(message.type, message.timestamp, message.data)});
    }
    if (stream.behind && stream.place.offset <= stream.behind->offset)
        stream.place = *stream.behind;
    return text;
}

// When the wait for news ends without any.
platform::Deadline rest_until(const Stream& stream) {
    return std::min(stream.written_at + stream.call.node.stream_heartbeat, stream.look_at);
}

// One look and what it brings. Empty: the stream goes on; else how it ends.
Task<std::optional<bool>> look_and_tell(StreamPtr stream, BodySink& sink) {
    for (bool has_more = true; has_more;) {
        auto looking = look(stream);
        const auto looked = co_await looking;
        const auto now = stream->call.node.clock.monotonic();
        if (!looked.ok()) {
            if (now - stream->checked_at >= unchecked_max) co_return true;
            stream->look_at = now + failed_pause;
            co_return std::nullopt;
        }
        if (!*looked) co_return true;
        has_more = stream->found.size() == look_rows;
        auto text = take_found(*stream);
        if (text.empty()) break;
        auto writing = write(stream, sink, std::move(text));
        const bool peer_reads = co_await writing;
        if (!peer_reads) co_return false;
    }
    co_return std::nullopt;
}

// True: the stream came to its end; false: its reader is gone.
Task<bool> send(StreamPtr stream, BodySink& sink) {
    const auto& node = stream->call.node;
    auto seat = node.messages.sit({stream->workspace, stream->choice.has_changes},
                                  *stream->call.request.executor);
    auto greeting = write(stream, sink, beginning(*stream));
    bool peer_reads = co_await greeting;
    bool wants_look = true;
    while (peer_reads) {
        if (wants_look) {
            auto telling = look_and_tell(stream, sink);
            const auto end = co_await telling;
            if (end) co_return *end;
        }
        if (node.clock.monotonic() - stream->written_at >= node.stream_heartbeat) {
            auto beating = write(stream, sink, ":\n\n");
            peer_reads = co_await beating;
            if (!peer_reads) break;
        }
        auto waiting = seat.wait(rest_until(*stream));
        const auto woken = co_await waiting;
        if (woken == Woken::stopped) co_return true;
        wants_look = woken == Woken::news || node.clock.monotonic() >= stream->look_at;
    }
    co_return false;
}

// The field is what a reader sends that comes again; it goes before the parameter of its first URL.
std::string asked_place(const Call& call, QueryReader& query) {
    const auto parameter = query.text("last_event_id");
    const auto* const field = call.request.head.headers.find("Last-Event-ID");
    if (field != nullptr && !field->empty()) return *field;
    return parameter.value_or("");
}

std::optional<Problem> malformed_place(const Stream& stream) {
    if (stream.asked_place.empty()) return std::nullopt;
    const auto& node = stream.call.node;
    const auto opened = open_place(node.root_secret, node.submit.journal_identity, stream.workspace,
                                   stream.asked_place);
    if (!std::holds_alternative<MalformedToken>(opened)) return std::nullopt;
    return make_problem("cursor_invalid", "Last-Event-ID is no id of this stream's events.");
}

Response stream_response(const StreamPtr& stream) {
    Response response;
    response.content_type = event_stream;
    response.headers.add("Cache-Control", "no-store");
    response.headers.add("X-Accel-Buffering", "no");
    response.unsent_bytes_max = stream_unsent_max;
    response.producer = [stream](BodySink& sink) { return send(stream, sink); };
    return response;
}

Task<Response> stream_messages(Call& call) {
    const auto workspace = path_id<domain::WorkspaceId>(call, "{ws}");
    if (!workspace) co_return not_found(call);
    QueryReader query(call.request.head.query);
    auto choice = read_message_choice(query, "types");
    auto place = asked_place(call, query);
    if (const auto wrong = query.problem()) co_return problem(call, *wrong);
    auto bearer = bearer_of(call.request.head.headers).value_or("");
    auto stream = std::make_shared<Stream>(Call{call.node, call.request, call.who, call.path},
                                           *workspace, std::move(bearer));
    stream->choice = std::move(choice);
    stream->asked_place = std::move(place);
    if (const auto wrong = malformed_place(*stream)) co_return problem(call, *wrong);
    stream->checked_at = call.node.clock.monotonic();
    const QueryBody body = [stream](QueryContext& context) {
        return open_stream(*stream, context);
    };
    auto opening = run_query(call, body);
    auto opened = co_await opening;
    if (opened.status != 200) co_return opened;
    co_return stream_response(stream);
}

constexpr std::array routes{
    Route{Method::get,
          "/v1/workspaces/{ws}/stream",
          "streamMessages",
          stream_messages,
          BodyMode::none,
          {},
          0,
          event_stream}
        .taking("types,last_event_id"),
};

}  // namespace

std::span<const Route> stream_routes() {
    return routes;
}

}  // namespace outlay::api
