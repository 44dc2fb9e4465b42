// Claims and marks, each in one short transaction: none is open while something is sent.
#include "workers/notifier/lanes.hpp"

#include <array>

#include "domain/channel/message_types.hpp"
#include "domain/values/check.hpp"
#include "views/cells.hpp"
#include "views/channel.hpp"
#include "workers/cells.hpp"
#include "workers/notifier/manners.hpp"
#include "workers/notifier/operations.hpp"

namespace outlay::workers::notifier {

namespace {

using namespace std::chrono_literals;

const sql::TransactionOptions as_worker{sql::Access::project, std::nullopt};
const sql::TransactionOptions as_reader{sql::Access::lookup, std::nullopt};

constexpr Pause lease = 60s;  // longer than any attempt takes
constexpr Pause paused_look = 30s;
constexpr Pause kept = 24h * 30;
constexpr std::int64_t single_max = 20;     // messages of one claim
constexpr std::int64_t gathered_max = 200;  // messages that one may tell
constexpr Pause overlap = 24h;              // in which a secret that was replaced still signs

sql::Status status_of(const sql::Result<std::int64_t>& done) {
    if (!done.ok()) return domain::Fail{done.error()};
    return domain::Done{};
}

sql::Result<std::optional<Claim>> take_lane(sql::Session& session, domain::Instant now,
                                            const std::string& holder) {
    const std::array look{cell(now)};
    const auto rows = session.query(
        "SELECT channel, workspace, claim, failures, failing_since FROM outlay.channel_lanes"
        " WHERE due_at <= $1 AND disabled_at IS NULL"
        " AND (quiet_until IS NULL OR quiet_until <= $1)"
        " AND (claimed_until IS NULL OR claimed_until <= $1)"
        " ORDER BY due_at, channel LIMIT 1 FOR UPDATE SKIP LOCKED",
        look);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) return std::optional<Claim>{};
    Claim claim{.channel = {rows->uuid(0, 0)},
                .workspace = {rows->uuid(0, 1)},
                .number = rows->integer(0, 2) + 1};
    claim.health.failures = rows->integer(0, 3);
    claim.health.failing_since = views::optional_instant_in(*rows, 0, 4);
    const std::array taking{cell(claim.number), cell(holder), cell(later(now, lease)),
                            cell(claim.channel)};
    auto taken = status_of(session.execute(
        "UPDATE outlay.channel_lanes SET claim = $1, claimed_by = $2, claimed_until = $3"
        " WHERE channel = $4",
        taking));
    if (!taken.ok()) return domain::Fail{taken.error()};
    return std::optional(std::move(claim));
}

// What the lane's channel is now; false: nothing is sent for it.
sql::Result<bool> load_channel(sql::Session& session, Claim& claim, domain::Instant now) {
    const std::array parameters{cell(claim.workspace), cell(claim.channel)};
    const auto rows = session.query(
        "SELECT c.state, t.sealed, s.sealed, p.sealed, c.rotated_at, c.kind, c.format,"
        " c.target"
        " FROM read.channels c"
        " LEFT JOIN outlay.channel_seals t ON t.id = c.target"
        " LEFT JOIN outlay.channel_seals s ON s.id = c.secret"
        " LEFT JOIN outlay.channel_seals p ON p.id = c.previous_secret"
        " WHERE c.workspace = $1 AND c.id = $2",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) {
        const std::array removal{cell(now), cell(claim.channel)};
        auto dead = status_of(
            session.execute("UPDATE outlay.deliveries SET state = 'dead', next_attempt_at = NULL,"
                            " last_error = 'the channel was removed', updated_at = $1"
                            " WHERE channel = $2 AND state = 'pending'",
                            removal));
        if (!dead.ok()) return domain::Fail{dead.error()};
        return false;
    }
    claim.target = rows->uuid(0, 7);
    claim.sealed_target = rows->optional_text(0, 1).value_or("");
    claim.sealed_secrets = {rows->optional_text(0, 2).value_or("")};
    const auto rotated_at = views::optional_instant_in(*rows, 0, 4);
    if (rotated_at && now < later(*rotated_at, overlap))
        claim.sealed_secrets.push_back(rows->optional_text(0, 3).value_or(""));
    const auto kind = views::channel_kind_of(rows->text(0, 5));
    CHECK(kind.has_value(), "a channel of an unknown kind");
    claim.kind = *kind;
    claim.format = views::channel_format_of(rows->optional_text(0, 6).value_or(""));
    claim.is_unconfirmed = rows->text(0, 0) == "unconfirmed";
    if (rows->text(0, 0) != "paused") return true;
    const std::array waiting{cell(later(now, paused_look)), cell(claim.channel)};
    auto later_look = status_of(
        session.execute("UPDATE outlay.deliveries SET next_attempt_at = $1"
                        " WHERE channel = $2 AND state = 'pending' AND next_attempt_at < $1",
                        waiting));
    if (!later_look.ok()) return domain::Fail{later_look.error()};
    return false;
}

// An unconfirmed channel is sent its test messages; everything else waits for the confirmation.
sql::Status load_deliveries(sql::Session& session, Claim& claim, domain::Instant now) {
    const bool gathers = manners_of(claim.kind).gathers;
    const std::array parameters{cell(claim.channel), cell(now),
                                cell(gathers ? gathered_max : single_max),
                                cell(claim.is_unconfirmed ? domain::channel::test_message : "")};
    const auto rows = session.query(
        "SELECT d.id, d.attempts, d.schedule_from, m.id, m.kind, m.created_at, m.payload, m.budget,"
        " b.name FROM outlay.deliveries d JOIN outlay.outbox m ON m.id = d.message"
        " LEFT JOIN read.budgets b ON b.workspace = m.workspace AND b.id = m.budget"
        " WHERE d.channel = $1 AND d.state = 'pending' AND d.next_attempt_at <= $2"
        " AND ($4 = '' OR m.kind = $4) ORDER BY d.next_attempt_at, d.id LIMIT $3",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto budget = rows->optional_uuid(row, 7);
        claim.deliveries.push_back(
            {{rows->uuid(row, 0)},
             rows->integer(row, 1),
             rows->integer(row, 2),
             {{rows->uuid(row, 3)},
              rows->text(row, 4),
              views::instant_in(*rows, row, 5),
              rows->text(row, 6),
              budget ? std::optional(domain::BudgetId{*budget}) : std::nullopt,
              rows->optional_text(row, 8).value_or("")}});
    }
    return domain::Done{};
}

// What an unconfirmed channel cannot be sent yet is looked at again later.
sql::Status postpone_rest(sql::Session& session, const Claim& claim, domain::Instant now) {
    if (!claim.is_unconfirmed) return domain::Done{};
    const std::array parameters{cell(later(now, paused_look)), cell(claim.channel),
                                cell(domain::channel::test_message)};
    return status_of(
        session.execute("UPDATE outlay.deliveries SET next_attempt_at = $1 WHERE channel = $2"
                        " AND state = 'pending' AND next_attempt_at < $1"
                        " AND message IN (SELECT m.id FROM outlay.outbox m WHERE m.kind <> $3)",
                        parameters));
}

sql::Status add_attempt(sql::Session& session, const Claim& claim, const Delivery& delivery,
                        const Attempt& attempt, domain::Instant now) {
    const std::optional<std::int64_t> status = attempt.status;
    const std::array parameters{
        cell(delivery.id),
        cell(delivery.attempts + 1),
        cell(claim.workspace),
        cell(now),
        cell(status),
        attempt.error.empty() ? sql::Value{sql::Null{}} : sql::Value{attempt.error},
        cell(attempt.answer),
        cell(attempt.millis)};
    return status_of(session.execute(
        "INSERT INTO outlay.delivery_attempts"
        " (delivery, number, workspace, at, status, error, answer, millis)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (delivery, number) DO NOTHING",
        parameters));
}

// What became of a delivery.
struct Fate {
    std::string_view state = "delivered";
    std::optional<domain::Instant> next{};
};

Fate fate_of(const Delivery& delivery, const Attempt& attempt, domain::Instant now) {
    if (attempt.end == End::delivered) return {};
    if (attempt.end == End::rejected) return {"dead", {}};
    const auto number = delivery.attempts - delivery.schedule_from + 1;
    const auto pause = pause_after(number, delivery.id, attempt.retry_after);
    if (!pause) return {"dead", {}};
    return {"pending", later(now, *pause)};
}

sql::Status mark_delivery(sql::Session& session, const Delivery& delivery, const Attempt& attempt,
                          const Fate& fate, domain::Instant now) {
    const std::array parameters{
        cell(fate.state), cell(fate.next),
        attempt.error.empty() ? sql::Value{sql::Null{}} : sql::Value{attempt.error}, cell(now),
        cell(delivery.id)};
    return status_of(session.execute(
        "UPDATE outlay.deliveries SET state = $1, next_attempt_at = $2, last_error = $3,"
        " updated_at = $4, attempts = attempts + 1 WHERE id = $5",
        parameters));
}

// False: somebody else has claimed the lane since.
sql::Result<bool> mark_lane(sql::Session& session, const Claim& claim, const Health& health,
                            domain::Instant now) {
    const std::array parameters{cell(health.failures),
                                cell(health.failing_since),
                                cell(health.quiet_until),
                                cell(health.disabled_at),
                                health.disabled_reason.empty() ? sql::Value{sql::Null{}}
                                                               : sql::Value{health.disabled_reason},
                                cell(later(now, lease)),
                                cell(claim.channel),
                                cell(claim.number)};
    const auto changed = session.execute(
        "UPDATE outlay.channel_lanes SET failures = $1, failing_since = $2, quiet_until = $3,"
        " disabled_at = $4, disabled_reason = $5, claimed_until = $6"
        " WHERE channel = $7 AND claim = $8",
        parameters);
    if (!changed.ok()) return domain::Fail{changed.error()};
    return *changed == 1;
}

}  // namespace

sql::Status Lanes::release_all() {
    return store_.transact(as_worker, [&](sql::Session& session) {
        const std::array parameters{cell(holder_)};
        return status_of(session.execute(
            "UPDATE outlay.channel_lanes SET claimed_until = NULL WHERE claimed_by = $1",
            parameters));
    });
}

sql::Result<bool> Lanes::has_work() {
    bool found = false;
    const auto done = store_.transact(as_reader, [&](sql::Session& session) -> sql::Status {
        const std::array parameters{cell(clock_.now())};
        const auto rows = session.query(
            "SELECT 1 FROM outlay.outbox WHERE fanned_at IS NULL"
            " UNION ALL SELECT 1 FROM outlay.channel_lanes WHERE due_at <= $1"
            " AND disabled_at IS NULL AND (quiet_until IS NULL OR quiet_until <= $1)"
            " AND (claimed_until IS NULL OR claimed_until <= $1) LIMIT 1",
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
    const auto done = store_.transact(as_worker, [&](sql::Session& session) -> sql::Status {
        const auto now = clock_.now();
        auto taken = take_lane(session, now, holder_);
        if (!taken.ok()) return domain::Fail{taken.error()};
        claim = std::move(taken).value();
        if (!claim) return domain::Done{};
        const auto is_open = load_channel(session, *claim, now);
        if (!is_open.ok()) return domain::Fail{is_open.error()};
        if (!*is_open) return domain::Done{};
        const auto postponed = postpone_rest(session, *claim, now);
        return postponed.ok() ? load_deliveries(session, *claim, now) : postponed;
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return claim;
}

sql::Result<std::optional<Health>> Lanes::record(const Claim& claim, std::span<const Delivery> sent,
                                                 const Health& before, const Attempt& attempt) {
    const auto now = clock_.now();
    const auto health = health_after(before, attempt, now, manners_of(claim.kind).pace);
    bool is_mine = false;
    const auto done = store_.transact(as_worker, [&](sql::Session& session) -> sql::Status {
        const auto marked = mark_lane(session, claim, health, now);
        if (!marked.ok()) return domain::Fail{marked.error()};
        is_mine = *marked;
        if (!is_mine) return domain::Done{};
        bool is_any_dead = false;
        for (const auto& delivery : sent) {
            const auto fate = fate_of(delivery, attempt, now);
            is_any_dead = is_any_dead || fate.state == "dead";
            auto added = add_attempt(session, claim, delivery, attempt, now);
            if (added.ok()) added = mark_delivery(session, delivery, attempt, fate, now);
            if (!added.ok()) return added;
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

// Two statements: the first one waits for whoever lays out a message for this lane, the second one
// sees what was laid out.
sql::Status Lanes::release(const Claim& claim) {
    return store_.transact(as_worker, [&](sql::Session& session) -> sql::Status {
        const std::array parameters{cell(claim.channel), cell(claim.number)};
        const auto mine = session.execute(
            "UPDATE outlay.channel_lanes SET claimed_until = NULL WHERE channel = $1 AND claim = "
            "$2",
            parameters);
        if (!mine.ok() || *mine == 0) return status_of(mine);
        return status_of(session.execute(
            "UPDATE outlay.channel_lanes SET due_at = (SELECT min(d.next_attempt_at)"
            " FROM outlay.deliveries d WHERE d.channel = $1 AND d.state = 'pending')"
            " WHERE channel = $1 AND claim = $2",
            parameters));
    });
}

sql::Status Lanes::prune() {
    return store_.transact(as_worker, [&](sql::Session& session) {
        const std::array parameters{cell(domain::Instant{clock_.now().micros - kept.count()})};
        return status_of(
            session.execute("DELETE FROM outlay.delivery_attempts WHERE at < $1", parameters));
    });
}

}  // namespace outlay::workers::notifier
