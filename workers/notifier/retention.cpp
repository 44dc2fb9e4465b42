// A message and its deliveries go together: one that is there without the delivery that it had
// would be taken for missed, and sent again. So both are locked before they are judged, and whoever
// asks for a delivery in this very moment keeps its message and the other deliveries too.
#include "workers/notifier/retention.hpp"

#include <bit>
#include <set>
#include <string>
#include <vector>

#include "workers/cells.hpp"
#include "workers/notifier/schedule.hpp"

namespace outlay::workers::notifier {

namespace {

using namespace std::chrono_literals;
using Cells = std::vector<sql::Value>;

constexpr Pause kept = 24h * 30;
constexpr std::size_t step_max = 512;  // rows of a sort: the writer is held for a moment only

struct Times {
    sql::Value now;
    sql::Value before;  // what is older is forgotten
};

// Ids for a list of parameters, the last one repeated: so there are few different statements.
Cells padded(Cells ids) {
    if (!ids.empty()) ids.resize(std::bit_ceil(ids.size()), sql::Value(ids.back()));
    return ids;
}

// "($2, $3)": the ids stand behind `others` parameters.
std::string among(const Cells& ids, std::size_t others) {
    return "(" + sql::marks(others + 1, ids.size()) + ")";
}

Cells joined(Cells others, const Cells& ids) {
    others.insert(others.end(), ids.begin(), ids.end());
    return others;
}

// The next old messages of the round, whatever becomes of them.
sql::Result<Cells> look(sql::Session& session, const sql::Value& before, RetentionRound& round) {
    const auto from =
        round.behind.value_or(std::array{cell(domain::Instant{}), cell(domain::Uuid{})});
    const std::array parameters{before, from[0], from[1], cell(std::uint64_t{step_max})};
    const auto rows = session.query(
        "SELECT m.id, m.fanned_at FROM outlay.outbox m WHERE m.fanned_at < $1"
        " AND m.fanned_at >= $2 AND (m.fanned_at, m.id) > ($2, $3)"
        " ORDER BY m.fanned_at, m.id LIMIT $4 FOR UPDATE SKIP LOCKED",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    Cells ids;
    for (std::size_t row = 0; row < rows->size(); ++row) ids.push_back(rows->at(row, 0));
    if (!ids.empty()) round.behind = {rows->at(rows->size() - 1, 1), ids.back()};
    return ids;
}

// No lane of an endpoint that was given up is claimed any more, so what waits in it ends here if
// its channel is gone.
sql::Status end_for_removed(sql::Session& session, const Times& times, const Cells& messages) {
    const auto rows = session.query(
        "SELECT d.id FROM outlay.deliveries d WHERE d.updated_at < $1 AND d.state = 'pending'"
        " AND d.message IN " +
            among(messages, 2) +
            " AND NOT EXISTS (SELECT 1 FROM read.channels c WHERE c.workspace = d.workspace"
            " AND c.id = d.channel) LIMIT $2 FOR UPDATE SKIP LOCKED",
        joined({times.before, cell(std::uint64_t{step_max})}, messages));
    if (!rows.ok()) return domain::Fail{rows.error()};
    Cells ended;
    for (std::size_t row = 0; row < rows->size(); ++row) ended.push_back(rows->at(row, 0));
    if (ended.empty()) return domain::Done{};
    ended = padded(std::move(ended));
    return status_of(
        session.execute("UPDATE outlay.deliveries SET state = 'dead', next_attempt_at = NULL,"
                        " last_error = 'the channel was removed', updated_at = $1 WHERE id IN " +
                            among(ended, 1),
                        joined({times.now}, ended)));
}

// Those of the messages whose deliveries ended long ago, all of them. They are locked from here on,
// and a delivery that somebody else holds is one that goes on: nobody is waited for.
sql::Result<Cells> ended_messages(sql::Session& session, const Times& times,
                                  const Cells& messages) {
    const auto locked = session.query(
        "SELECT id FROM outlay.deliveries WHERE updated_at < $1 AND state <> 'pending'"
        " AND message IN " +
            among(messages, 1) + " FOR UPDATE SKIP LOCKED",
        joined({times.before}, messages));
    if (!locked.ok()) return domain::Fail{locked.error()};
    std::set<domain::Uuid> over;
    for (std::size_t row = 0; row < locked->size(); ++row) over.insert(locked->uuid(row, 0));
    const auto all = session.query(
        "SELECT id, message FROM outlay.deliveries WHERE message IN " + among(messages, 0),
        messages);
    if (!all.ok()) return domain::Fail{all.error()};
    std::set<std::string> going_on;
    for (std::size_t row = 0; row < all->size(); ++row)
        if (!over.contains(all->uuid(row, 0))) going_on.insert(all->uuid(row, 1).text());
    Cells ended;
    for (const auto& message : messages)
        if (!going_on.contains(std::get<std::string>(message))) ended.push_back(message);
    return ended;
}

// Readers of streams that stand before the horizon are told that they missed something.
sql::Status drop_messages(sql::Session& session, const Cells& messages) {
    const auto list = among(messages, 0);
    const std::array statements{
        "INSERT INTO outlay.message_horizons AS horizon (workspace, log_offset)"
        " SELECT workspace, max(log_offset) FROM outlay.outbox WHERE id IN " +
            list +
            " AND channel IS NULL AND log_offset >= 0 GROUP BY workspace"
            " ON CONFLICT (workspace) DO UPDATE SET log_offset ="
            " CASE WHEN horizon.log_offset < excluded.log_offset THEN excluded.log_offset"
            " ELSE horizon.log_offset END",
        "DELETE FROM outlay.deliveries WHERE message IN " + list,
        "DELETE FROM outlay.outbox WHERE id IN " + list};
    for (const auto& statement : statements) {
        const auto done = session.execute(statement, messages);
        if (!done.ok()) return domain::Fail{done.error()};
    }
    return domain::Done{};
}

sql::Result<bool> forget_messages(sql::Session& session, const Times& times,
                                  RetentionRound& round) {
    auto looked = look(session, times.before, round);
    if (!looked.ok()) return domain::Fail{looked.error()};
    const bool has_more = looked->size() == step_max;
    if (looked->empty()) return has_more;
    const auto messages = padded(std::move(looked).value());
    const auto removed = end_for_removed(session, times, messages);
    if (!removed.ok()) return domain::Fail{removed.error()};
    auto ended = ended_messages(session, times, messages);
    if (!ended.ok()) return domain::Fail{ended.error()};
    if (ended->empty()) return has_more;
    const auto dropped = drop_messages(session, padded(std::move(ended).value()));
    if (!dropped.ok()) return domain::Fail{dropped.error()};
    return has_more;
}

sql::Result<bool> forget_attempts(sql::Session& session, const Times& times) {
    const std::array parameters{times.before, cell(std::uint64_t{step_max})};
    const auto gone = session.execute(
        "DELETE FROM outlay.delivery_attempts WHERE (delivery, number) IN (SELECT delivery, number"
        " FROM outlay.delivery_attempts WHERE at < $1 ORDER BY at LIMIT $2)",
        parameters);
    if (!gone.ok()) return domain::Fail{gone.error()};
    return *gone == static_cast<std::int64_t>(step_max);
}

}  // namespace

sql::Result<bool> forget_some(sql::Store& store, const platform::Clock& clock,
                              RetentionRound& round) {
    const auto now = clock.now();
    const Times times{cell(now), cell(domain::Instant{now.micros - kept.count()})};
    auto reached = round;
    round = {};
    bool has_more = false;
    const auto done = store.transact(sql::as_worker, [&](sql::Session& session) -> sql::Status {
        const auto messages = forget_messages(session, times, reached);
        if (!messages.ok()) return domain::Fail{messages.error()};
        const auto attempts = forget_attempts(session, times);
        if (!attempts.ok()) return domain::Fail{attempts.error()};
        has_more = *messages || *attempts;
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    if (has_more) round = reached;
    return has_more;
}

}  // namespace outlay::workers::notifier
