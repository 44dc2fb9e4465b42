// What is put off keeps its place: it is looked at again when its time has come.
#include "workers/notifier/lane_claim.hpp"

#include <algorithm>
#include <array>

#include "domain/channel/message_types.hpp"
#include "domain/values/check.hpp"
#include "journal/pauses.hpp"
#include "views/cells.hpp"
#include "views/channel.hpp"
#include "workers/cells.hpp"
#include "workers/notifier/escalation.hpp"
#include "workers/notifier/manners.hpp"

namespace outlay::workers::notifier {

namespace {

using namespace std::chrono_literals;

constexpr Pause paused_look = 30s;
constexpr Pause held_look = 15min;
constexpr std::int64_t single_max = 20;       // messages of one claim
constexpr std::int64_t gathered_max = 5'000;  // messages that one may tell
constexpr Pause settling_max = 2min;          // of what keeps coming
constexpr Pause overlap = 24h;                // in which a secret that was replaced still signs

// A lane as it was when it was taken.
struct Taken {
    Claim claim;
    std::optional<domain::Instant> window_from{};
    std::int64_t window_sent = 0;
};

sql::Result<std::optional<Taken>> take_lane(sql::Session& session, domain::Instant now,
                                            const Holder& holder) {
    const std::array look{cell(now), cell(holder.senders), cell(holder.name)};
    const auto rows = session.query(
        "SELECT channel, workspace, claim, failures, failing_since, window_from, window_sent"
        " FROM outlay.channel_lanes WHERE " +
            lane_is_due() + " ORDER BY due_at, channel LIMIT 1 FOR UPDATE SKIP LOCKED",
        look);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) return std::optional<Taken>{};
    Taken lane{{.channel = {rows->uuid(0, 0)},
                .workspace = {rows->uuid(0, 1)},
                .number = rows->integer(0, 2) + 1},
               views::optional_instant_in(*rows, 0, 5),
               rows->integer(0, 6)};
    auto& claim = lane.claim;
    claim.health.failures = rows->integer(0, 3);
    claim.health.failing_since = views::optional_instant_in(*rows, 0, 4);
    const std::array taking{cell(claim.number), cell(holder.name), cell(later(now, lease)),
                            cell(claim.channel)};
    auto taken = status_of(session.execute(
        "UPDATE outlay.channel_lanes SET claim = $1, claimed_by = $2, claimed_until = $3"
        " WHERE channel = $4",
        taking));
    if (!taken.ok()) return domain::Fail{taken.error()};
    return std::optional(std::move(lane));
}

// What is waiting for a channel that was removed will never be sent.
sql::Status end_deliveries(sql::Session& session, const Claim& claim, domain::Instant now) {
    const std::array removal{cell(now), cell(claim.channel)};
    return status_of(
        session.execute("UPDATE outlay.deliveries SET state = 'dead', next_attempt_at = NULL,"
                        " last_error = 'the channel was removed', updated_at = $1"
                        " WHERE channel = $2 AND state = 'pending'",
                        removal));
}

// How the channel is treated now.
struct Terms {
    bool is_removed = false;
    bool escalates = false;
    // Until then nothing is sent, or nothing but test messages.
    std::optional<domain::Instant> rests_until{};
    bool takes_tests = true;
};

std::optional<QuietHours> quiet_hours_in(const sql::Rows& rows) {
    const auto from = domain::TimeOfDay::parse(rows.optional_text(0, 11).value_or(""));
    const auto to = domain::TimeOfDay::parse(rows.optional_text(0, 12).value_or(""));
    if (!from || !to) return std::nullopt;
    return QuietHours{rows.text(0, 10), *from, *to};
}

constexpr std::string_view channel_of_lane =
    "SELECT c.state, t.sealed, s.sealed, p.sealed, c.rotated_at, c.kind, c.format, c.target,"
    " c.timing, c.signature, coalesce(m.time_zone, w.time_zone, 'UTC'), m.quiet_from, m.quiet_to,"
    " c.version"
    " FROM read.channels c"
    " LEFT JOIN read.workspaces w ON w.workspace = c.workspace"
    " LEFT JOIN read.members m ON m.workspace = c.workspace AND m.id = c.recipient"
    " LEFT JOIN outlay.channel_seals t ON t.id = c.target"
    " LEFT JOIN outlay.channel_seals s ON s.id = c.secret"
    " LEFT JOIN outlay.channel_seals p ON p.id = c.previous_secret"
    " WHERE c.workspace = $1 AND c.id = $2";

void read_channel(const sql::Rows& rows, Claim& claim, domain::Instant now) {
    claim.target = rows.uuid(0, 7);
    claim.version = rows.integer(0, 13);
    claim.sealed_target = rows.optional_text(0, 1).value_or("");
    claim.sealed_secrets = {rows.optional_text(0, 2).value_or("")};
    const auto rotated_at = views::optional_instant_in(rows, 0, 4);
    if (rotated_at && now < later(*rotated_at, overlap))
        claim.sealed_secrets.push_back(rows.optional_text(0, 3).value_or(""));
    const auto kind = views::channel_kind_of(rows.text(0, 5));
    CHECK(kind.has_value(), "a channel of an unknown kind");
    claim.kind = *kind;
    claim.format = views::channel_format_of(rows.optional_text(0, 6).value_or(""));
    claim.is_unconfirmed = rows.text(0, 0) == "unconfirmed";
    claim.signature = views::signature_of(rows.text(0, 9)).value_or(domain::channel::Signature::v1);
}

Terms terms_of(const sql::Rows& rows, Taken& lane, const platform::Zones& zones,
               domain::Instant now) {
    auto& claim = lane.claim;
    const auto timing = views::timing_of(rows.text(0, 8));
    const auto& manners = manners_of(claim.kind);
    const auto rate = timing.rate_limit ? timing.rate_limit : manners.usual_rate;
    if (rate) claim.allowance = allowance_of(*rate, lane.window_from, lane.window_sent, now);
    std::optional<domain::Instant> silent_until;
    if (rows.text(0, 0) == "paused") silent_until = later(now, paused_look);
    // A limit holds for test messages too: nobody is sent more than they bear by being asked.
    if (claim.allowance && claim.allowance->left <= 0)
        silent_until = std::max(silent_until.value_or(now), claim.allowance->window_until);
    std::optional<domain::Instant> tests_until;
    if (claim.is_unconfirmed) tests_until = later(now, paused_look);
    const auto quiet = quiet_hours_in(rows);
    const auto quiet_end =
        quiet && manners.gathers ? quiet_until(zones, *quiet, now) : std::nullopt;
    if (quiet_end) tests_until = std::max(tests_until.value_or(now), *quiet_end);
    return {.escalates = timing.unacknowledged_minutes.has_value(),
            .rests_until = silent_until ? silent_until : tests_until,
            .takes_tests = !silent_until};
}

sql::Result<Terms> load_channel(sql::Session& session, Taken& lane, const platform::Zones& zones,
                                domain::Instant now) {
    auto& claim = lane.claim;
    const std::array parameters{cell(claim.workspace), cell(claim.channel)};
    const auto rows = session.query(channel_of_lane, parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) return Terms{.is_removed = true};
    read_channel(*rows, claim, now);
    return terms_of(*rows, lane, zones, now);
}

// The lane rests, but not so long that nobody notices when its channel changes.
sql::Status hold(sql::Session& session, Claim& claim, domain::Instant until, domain::Instant now) {
    claim.held_until = std::min(until, later(now, held_look));
    const std::array parameters{cell(*claim.held_until), cell(claim.version), cell(claim.channel)};
    return status_of(session.execute(
        "UPDATE outlay.channel_lanes SET held_until = $1, held_version = $2 WHERE channel = $3",
        parameters));
}

// Where people read: while more about budgets keeps coming, what is there waits for it, so that an
// import is told in one message per budget.
sql::Result<std::optional<domain::Instant>> settles_at(sql::Session& session, const Claim& claim,
                                                       domain::Instant now) {
    const auto& manners = manners_of(claim.kind);
    if (!manners.gathers) return std::optional<domain::Instant>{};
    const std::array parameters{cell(claim.channel), cell(later(now, manners.settling))};
    const auto rows = session.query(
        "SELECT min(d.next_attempt_at), max(d.next_attempt_at) FROM outlay.deliveries d"
        " JOIN outlay.outbox m ON m.id = d.message WHERE d.channel = $1 AND d.state = 'pending'"
        " AND d.next_attempt_at <= $2 AND d.attempts = d.schedule_from AND m.budget IS NOT NULL",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    const auto oldest = views::optional_instant_in(*rows, 0, 0);
    const auto newest = views::optional_instant_in(*rows, 0, 1);
    if (!newest) return std::optional<domain::Instant>{};
    const auto until = std::min(*newest, later(*oldest, settling_max));
    return until > now ? std::optional(until) : std::nullopt;
}

std::int64_t rows_max(const Claim& claim) {
    if (manners_of(claim.kind).gathers) return gathered_max;
    return claim.allowance ? std::clamp(claim.allowance->left, std::int64_t{1}, single_max)
                           : single_max;
}

std::optional<journal::Position> position_in(const sql::Rows& rows, std::size_t row) {
    const auto offset = rows.integer(row, 11);
    if (offset < 0) return std::nullopt;
    return journal::Position{static_cast<std::int32_t>(rows.integer(row, 10)), offset};
}

// Of a lane that rests: what somebody asked for.
sql::Status load_deliveries(sql::Session& session, Claim& claim, domain::Instant now) {
    std::vector<sql::Value> parameters{cell(claim.channel), cell(now), cell(rows_max(claim))};
    std::string only;
    if (claim.held_until) {
        parameters.push_back(cell(domain::channel::test_message));
        only = " AND m.channel = $1 AND m.kind = $4";
    }
    const auto rows = session.query(
        "SELECT d.id, d.attempts, d.schedule_from, d.updated_at, m.id, m.kind, m.created_at, "
        "m.payload, m.budget,"
        " b.name, m.log_partition, m.log_offset FROM outlay.deliveries d"
        " JOIN outlay.outbox m ON m.id = d.message"
        " LEFT JOIN read.budgets b ON b.workspace = m.workspace AND b.id = m.budget"
        " WHERE d.channel = $1 AND d.state = 'pending' AND d.next_attempt_at <= $2" +
            only + " ORDER BY d.next_attempt_at, d.id LIMIT $3",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto budget = rows->optional_uuid(row, 8);
        claim.deliveries.push_back(
            {{rows->uuid(row, 0)},
             rows->integer(row, 1),
             rows->integer(row, 2),
             views::instant_in(*rows, row, 3),
             {{rows->uuid(row, 4)},
              rows->text(row, 5),
              views::instant_in(*rows, row, 6),
              rows->text(row, 7),
              budget ? std::optional(domain::BudgetId{*budget}) : std::nullopt,
              rows->optional_text(row, 9).value_or(""),
              position_in(*rows, row)}});
    }
    std::ranges::stable_sort(claim.deliveries, {},
                             [](const Delivery& delivery) { return delivery.message.at; });
    return domain::Done{};
}

// What may be sent now.
sql::Status fill(sql::Session& session, Claim& claim, const Terms& terms, domain::Instant now) {
    if (terms.is_removed) return end_deliveries(session, claim, now);
    claim.takes_tests = terms.takes_tests;
    auto rests_until = terms.rests_until;
    if (!rests_until) {
        const auto settles = settles_at(session, claim, now);
        if (!settles.ok()) return domain::Fail{settles.error()};
        rests_until = *settles;
    }
    if (rests_until) {
        auto held = hold(session, claim, *rests_until, now);
        if (!held.ok() || !terms.takes_tests) return held;
    }
    auto loaded = load_deliveries(session, claim, now);
    if (!loaded.ok() || !terms.escalates) return loaded;
    return leave_out_handled(session, claim, now);
}

}  // namespace

std::string lane_is_due() {
    return "due_at <= $1 AND disabled_at IS NULL AND (quiet_until IS NULL OR quiet_until <= $1)"
           " AND (claimed_until IS NULL OR claimed_until <= $1)"
           " AND workspace NOT IN (SELECT workspace FROM outlay.channel_lanes"
           " WHERE claimed_until > $1 AND claimed_by = $3 GROUP BY workspace"
           " HAVING COUNT(*) >= $2 -"
           " (SELECT COUNT(*) FROM outlay.channel_lanes WHERE claimed_until > $1"
           " AND claimed_by = $3)) AND " +
           journal::deliveries_flow("outlay.channel_lanes");
}

sql::Result<std::optional<Claim>> claim_lane(sql::Session& session, const platform::Zones& zones,
                                             const Holder& holder, domain::Instant now) {
    auto taken = take_lane(session, now, holder);
    if (!taken.ok()) return domain::Fail{taken.error()};
    if (!*taken) return std::optional<Claim>{};
    auto& lane = **taken;
    const auto terms = load_channel(session, lane, zones, now);
    if (!terms.ok()) return domain::Fail{terms.error()};
    const auto filled = fill(session, lane.claim, *terms, now);
    if (!filled.ok()) return domain::Fail{filled.error()};
    return std::optional(std::move(lane.claim));
}

}  // namespace outlay::workers::notifier
