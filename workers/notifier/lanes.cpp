// Marks, each in one short transaction: none is open while something is sent.
#include "workers/notifier/lanes.hpp"

#include <algorithm>
#include <array>

#include "domain/channel/message_types.hpp"
#include "domain/values/check.hpp"
#include "journal/pauses.hpp"
#include "journal/record.hpp"
#include "views/cells.hpp"
#include "workers/cells.hpp"
#include "workers/notifier/lane_claim.hpp"
#include "workers/notifier/manners.hpp"
#include "workers/notifier/operations.hpp"

namespace outlay::workers::notifier {

namespace {

sql::Value text_cell(const std::string& text) {
    return text.empty() ? sql::Value{sql::Null{}} : sql::Value{text};
}

sql::Value status_cell(const Attempt& attempt) {
    const std::optional<std::int64_t> status = attempt.status;
    return cell(status);
}

sql::Value error_class_cell(const Attempt& attempt) {
    if (!attempt.error_class) return sql::Null{};
    return cell(views::delivery_error_name(*attempt.error_class));
}

// What became of a delivery by an attempt.
struct Noted {
    domain::Instant at;
    bool is_dead = false;
    std::optional<domain::Instant> next{};
};

sql::Status add_attempt(sql::Session& session, const Claim& claim, const Delivery& delivery,
                        const Attempt& attempt, const Noted& noted) {
    const std::array parameters{cell(delivery.id),         cell(delivery.attempts + 1),
                                cell(claim.workspace),     cell(noted.at),
                                status_cell(attempt),      text_cell(attempt.error),
                                cell(attempt.answer),      cell(attempt.millis),
                                error_class_cell(attempt), text_cell(attempt.request),
                                cell(noted.next)};
    return status_of(session.execute(
        "INSERT INTO outlay.delivery_attempts"
        " (delivery, number, workspace, at, status, error, answer, millis, error_class, request,"
        " next_attempt_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        " ON CONFLICT (delivery, number) DO NOTHING",
        parameters));
}

// What became of a delivery.
struct Fate {
    std::string_view state = "delivered";
    std::optional<domain::Instant> next{};
};

// `pause`: before the next attempt, if there is one.
Fate fate_of(const Attempt& attempt, std::optional<Pause> pause, domain::Instant now) {
    if (attempt.end == End::delivered) return {};
    if (attempt.end == End::rejected || !pause) return {"dead", {}};
    return {"pending", later(now, *pause)};
}

// One that somebody asked for while the attempt was under way stays as due as
// they made it, unless it arrived. Marked twice, if nobody knows whether it was, it says the same.
sql::Result<Noted> mark_delivery(sql::Session& session, const Delivery& delivery,
                                 const Attempt& attempt, const Fate& fate, domain::Instant now) {
    const std::array parameters{cell(fate.state),
                                cell(fate.next),
                                text_cell(attempt.error),
                                cell(now),
                                cell(delivery.id),
                                cell(delivery.updated_at),
                                cell(delivery.attempts + 1),
                                status_cell(attempt),
                                error_class_cell(attempt)};
    const auto marked = session.query(
        "UPDATE outlay.deliveries SET"
        " state = CASE WHEN $1 = 'delivered' OR updated_at = $6 THEN $1 ELSE state END,"
        " next_attempt_at = CASE WHEN $1 = 'delivered' OR updated_at = $6 THEN $2"
        " ELSE next_attempt_at END,"
        " last_error = $3, updated_at = $4, attempts = $7, last_status = $8,"
        " last_error_class = $9 WHERE id = $5 RETURNING state, next_attempt_at",
        parameters);
    if (!marked.ok()) return domain::Fail{marked.error()};
    Noted noted{.at = now};
    if (marked->empty()) return noted;
    noted.is_dead = marked->text(0, 0) == "dead";
    noted.next = views::optional_instant_in(*marked, 0, 1);
    return noted;
}

// False: somebody else has claimed the lane since.
sql::Result<bool> mark_lane(sql::Session& session, const Claim& claim, const Health& health,
                            domain::Instant now) {
    const std::array parameters{
        cell(health.failures),
        cell(health.failing_since),
        cell(health.quiet_until),
        cell(health.disabled_at),
        health.disabled_reason.empty() ? sql::Value{sql::Null{}}
                                       : sql::Value{health.disabled_reason},
        cell(later(now, lease)),
        cell(claim.channel),
        cell(claim.number),
        cell(claim.allowance ? std::optional(claim.allowance->window_from) : std::nullopt)};
    const auto changed = session.execute(
        "UPDATE outlay.channel_lanes SET failures = $1, failing_since = $2, quiet_until = $3,"
        " disabled_at = $4, disabled_reason = $5, claimed_until = $6, window_from = $9,"
        " window_sent = CASE WHEN window_from = $9 THEN window_sent + 1 ELSE 1 END"
        " WHERE channel = $7 AND claim = $8",
        parameters);
    if (!changed.ok()) return domain::Fail{changed.error()};
    return *changed == 1;
}

// When the lane has to be looked at again; empty: there is nothing to send.
sql::Result<std::optional<domain::Instant>> due_time(sql::Session& session, const Claim& claim) {
    const std::array parameters{cell(claim.channel), cell(domain::channel::test_message)};
    const auto rows = session.query(
        "SELECT (SELECT min(d.next_attempt_at) FROM outlay.deliveries d"
        " WHERE d.channel = $1 AND d.state = 'pending'),"
        " (SELECT min(d.next_attempt_at) FROM outlay.outbox m"
        " JOIN outlay.deliveries d ON d.message = m.id AND d.channel = m.channel"
        " WHERE m.channel = $1 AND m.kind = $2 AND d.state = 'pending')",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    auto due = views::optional_instant_in(*rows, 0, 0);
    if (!due || !claim.held_until) return due;
    due = std::max(*due, *claim.held_until);
    const auto asked = views::optional_instant_in(*rows, 0, 1);
    return asked && claim.takes_tests ? std::min(*due, *asked) : due;
}

}  // namespace

sql::Status Lanes::release_all() {
    return store_.transact(sql::as_worker, [&](sql::Session& session) {
        const std::array parameters{cell(holder_)};
        return status_of(session.execute(
            "UPDATE outlay.channel_lanes SET claimed_until = NULL WHERE claimed_by = $1",
            parameters));
    });
}

sql::Result<bool> Lanes::has_work() {
    bool found = false;
    const auto done = store_.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        const std::array parameters{cell(clock_.now()), cell(sending_.senders), cell(holder_)};
        const auto rows = session.query(
            "SELECT 1 FROM outlay.outbox WHERE fanned_at IS NULL"
            " UNION ALL SELECT 1 FROM outlay.channel_lanes WHERE " +
                lane_is_due() + " LIMIT 1",
            parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        found = !rows->empty();
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return found;
}

sql::Result<std::optional<Claim>> Lanes::claim() {
    std::optional<Claim> claim;
    const auto done = store_.transact(sql::as_worker, [&](sql::Session& session) -> sql::Status {
        auto claimed = claim_lane(session, zones_, {holder_, sending_.senders}, clock_.now());
        if (!claimed.ok()) return domain::Fail{claimed.error()};
        claim = std::move(claimed).value();
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return claim;
}

sql::Result<std::optional<Health>> Lanes::record(const Claim& claim, std::span<const Delivery> sent,
                                                 const Health& before, const Attempt& attempt) {
    const auto now = clock_.now();
    const auto& manners = manners_of(claim.kind);
    const auto health = health_after(before, attempt, now, manners.pace);
    bool is_mine = false;
    const auto done = store_.transact(sql::as_worker, [&](sql::Session& session) -> sql::Status {
        const auto marked = mark_lane(session, claim, health, now);
        if (!marked.ok()) return domain::Fail{marked.error()};
        is_mine = *marked;
        if (!is_mine) return domain::Done{};
        bool is_any_dead = false;
        for (const auto& delivery : sent) {
            const auto pause =
                sending_.retries.pause_after(delivery.attempts - delivery.schedule_from + 1,
                                             delivery.id, attempt.retry_after, manners.retry_least);
            const auto fate = fate_of(attempt, pause, now);
            const auto noted = mark_delivery(session, delivery, attempt, fate, now);
            if (!noted.ok()) return domain::Fail{noted.error()};
            auto added = add_attempt(session, claim, delivery, attempt, *noted);
            if (!added.ok()) return added;
            is_any_dead = is_any_dead || noted->is_dead;
        }
        Operation operation{claim.workspace, claim.channel, domain::channel::channel_disabled,
                            health.disabled_reason, now};
        if (health.disabled_at) return tell(session, operation);
        operation.type = domain::channel::delivery_dead;
        operation.reason = attempt.error;
        return is_any_dead ? tell(session, operation) : domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return is_mine ? std::optional(health) : std::nullopt;
}

sql::Result<bool> Lanes::is_unchanged(const Claim& claim) {
    bool is_same = false;
    const auto done = store_.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        const std::array parameters{cell(claim.workspace), cell(claim.channel),
                                    cell(claim.version)};
        const auto rows = session.query(
            "SELECT 1 FROM read.channels WHERE workspace = $1 AND id = $2 AND version = $3 AND " +
                journal::deliveries_flow("read.channels"),
            parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        is_same = !rows->empty();
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return is_same;
}

std::string Lanes::trace_of(const Message& message) {
    std::string trace;
    if (!message.position) return trace;
    (void)store_.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        const std::array parameters{cell(message.position->partition),
                                    cell(message.position->offset)};
        const auto rows = session.query(
            "SELECT record FROM read.commits WHERE log_partition = $1 AND log_offset = $2",
            parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        if (rows->empty()) return domain::Done{};
        auto decoded = journal::decode(rows->text(0, 0), "");
        if (auto* const commit = std::get_if<journal::Commit>(&decoded))
            trace = std::move(commit->trace);
        return domain::Done{};
    });
    return trace;
}

// Two statements: the first one waits for whoever lays out a message for this lane, the second one
// sees what was laid out.
sql::Status Lanes::release(const Claim& claim) {
    return store_.transact(sql::as_worker, [&](sql::Session& session) -> sql::Status {
        const std::array parameters{cell(claim.channel), cell(claim.number)};
        const auto mine = session.execute(
            "UPDATE outlay.channel_lanes SET claimed_until = NULL WHERE channel = $1 AND claim = "
            "$2",
            parameters);
        if (!mine.ok() || *mine == 0) return status_of(mine);
        const auto due = due_time(session, claim);
        if (!due.ok()) return domain::Fail{due.error()};
        const std::array next{cell(*due), cell(claim.channel), cell(claim.number)};
        return status_of(session.execute(
            "UPDATE outlay.channel_lanes SET due_at = $1 WHERE channel = $2 AND claim = $3", next));
    });
}

}  // namespace outlay::workers::notifier
