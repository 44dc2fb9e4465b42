// Counting, each by an index.
#include "workers/overview.hpp"

#include <array>

#include "views/cells.hpp"
#include "workers/cells.hpp"

namespace outlay::workers {

namespace {

sql::Status count_backlog(sql::Session& session, domain::Instant now, Backlog& found) {
    const auto unlaid = session.query(
        "SELECT count(*), min(created_at) FROM outlay.outbox WHERE fanned_at IS NULL");
    if (!unlaid.ok()) return domain::Fail{unlaid.error()};
    found.unlaid = unlaid->integer(0, 0);
    found.unlaid_since = views::optional_instant_in(*unlaid, 0, 1);
    const auto pending =
        session.query("SELECT count(*) FROM outlay.deliveries WHERE state = 'pending'");
    if (!pending.ok()) return domain::Fail{pending.error()};
    found.pending = pending->integer(0, 0);
    const std::array parameters{cell(now)};
    const auto due = session.query(
        "SELECT count(*), min(next_attempt_at) FROM outlay.deliveries"
        " WHERE state = 'pending' AND next_attempt_at <= $1",
        parameters);
    if (!due.ok()) return domain::Fail{due.error()};
    found.due = due->integer(0, 0);
    found.due_since = views::optional_instant_in(*due, 0, 1);
    const auto dead = session.query("SELECT count(*) FROM outlay.deliveries WHERE state = 'dead'");
    if (!dead.ok()) return domain::Fail{dead.error()};
    found.dead = dead->integer(0, 0);
    return domain::Done{};
}

sql::Status count_channels(sql::Session& session, ChannelCounts& found) {
    const auto states = session.query("SELECT state, count(*) FROM read.channels GROUP BY state");
    if (!states.ok()) return domain::Fail{states.error()};
    found.by_state = {{"active", 0}, {"paused", 0}, {"unconfirmed", 0}};
    for (std::size_t row = 0; row < states->size(); ++row)
        found.by_state[states->text(row, 0)] = states->integer(row, 1);
    const auto lanes = session.query(
        "SELECT coalesce(sum(CASE WHEN l.disabled_at IS NULL THEN 0 ELSE 1 END), 0),"
        " coalesce(sum(CASE WHEN l.disabled_at IS NULL AND l.failures > 0 THEN 1 ELSE 0 END), 0)"
        " FROM read.channels c JOIN outlay.channel_lanes l ON l.channel = c.id");
    if (!lanes.ok()) return domain::Fail{lanes.error()};
    found.given_up = lanes->integer(0, 0);
    found.failing = lanes->integer(0, 1);
    return domain::Done{};
}

sql::Status look(sql::Session& session, domain::Instant now, Overview& found) {
    auto gates = journal::gates(session);
    if (!gates.ok()) return domain::Fail{gates.error()};
    found.gates = std::move(gates).value();
    auto pauses = journal::pauses(session);
    if (!pauses.ok()) return domain::Fail{pauses.error()};
    found.pauses = std::move(pauses).value();
    if (auto counted = count_backlog(session, now, found.backlog); !counted.ok()) return counted;
    return count_channels(session, found.channels);
}

}  // namespace

sql::Result<Overview> overview(sql::Store& store, domain::Instant now) {
    Overview found;
    const auto done = store.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        found = {};
        return look(session, now, found);
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return found;
}

}  // namespace outlay::workers
