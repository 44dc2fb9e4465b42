// One transaction per digest: its day is taken, its content read, its message written.
#include "workers/notifier/digest.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "domain/channel/message_types.hpp"
#include "platform/hash.hpp"
#include "platform/log.hpp"
#include "views/cells.hpp"
#include "views/channel.hpp"
#include "workers/cells.hpp"
#include "workers/notifier/digest_content.hpp"
#include "workers/notifier/timing.hpp"

namespace outlay::workers::notifier {

namespace {

using domain::channel::Every;

constexpr int days_max = 31;  // that one digest tells, however long nobody could compose
constexpr int week_days = 7;
constexpr std::size_t digests_max = 20;  // of one round: alerts wait meanwhile

// What the digests of a channel have told until now.
struct Told {
    domain::Date through;
    AlertsTold alerts;
};
struct Reader {
    domain::WorkspaceId workspace;
    domain::ChannelId channel;
    domain::channel::Digest digest{};
    domain::channel::Routing routing{};
    std::string time_zone;
    domain::Instant since;       // when the channel was changed last
    std::optional<Told> told{};  // none: nothing was composed yet
};

sql::Result<std::vector<Reader>> readers(sql::Store& store) {
    std::vector<Reader> found;
    const auto done = store.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        const auto rows = session.query(
            "SELECT c.workspace, c.id, c.timing, c.routing, coalesce(m.time_zone, w.time_zone),"
            " c.updated_at, d.through, d.alerts_until, d.alerts_offset FROM read.channels c"
            " JOIN read.workspaces w ON w.workspace = c.workspace"
            " LEFT JOIN read.members m ON m.workspace = c.workspace AND m.id = c.recipient"
            " LEFT JOIN outlay.channel_lanes l ON l.channel = c.id"
            " LEFT JOIN outlay.channel_digests d ON d.channel = c.id"
            " WHERE c.digest_every IS NOT NULL AND c.state = 'active' AND l.disabled_at IS NULL");
        if (!rows.ok()) return domain::Fail{rows.error()};
        found.clear();
        for (std::size_t row = 0; row < rows->size(); ++row) {
            const auto timing = views::timing_of(rows->text(row, 2));
            if (!timing.digest) continue;
            const auto through = rows->optional_text(row, 6);
            found.push_back({{rows->uuid(row, 0)},
                             {rows->uuid(row, 1)},
                             *timing.digest,
                             views::routing_of(rows->text(row, 3)),
                             rows->text(row, 4),
                             views::instant_in(*rows, row, 5),
                             through ? std::optional(Told{day_of(*through),
                                                          {views::instant_in(*rows, row, 7),
                                                           rows->integer(row, 8)}})
                                     : std::nullopt});
        }
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return found;
}

// Who has just asked for digests, or for another time, waits until it comes, and is not sent that
// of this morning. Nothing is left out: a digest tells all days since the last one.
bool is_due(const Reader& reader, domain::Date day, const platform::Zones& zones) {
    if (reader.told && day <= reader.told->through) return false;
    return zones.instant_at(reader.time_zone, {day, reader.digest.at}) > reader.since;
}

// The first one tells of the alerts of its days.
DigestScope scope_of(const Reader& reader, domain::Date day, const platform::Zones& zones) {
    const int length = reader.digest.every == Every::week ? week_days : 1;
    const auto last = reader.told ? reader.told->through : day.plus_days(-length);
    const auto from = std::max(last, day.plus_days(-days_max));
    const auto begin = zones.instant_at(reader.time_zone, {from, {}});
    return {reader.workspace, reader.routing, from, day.plus_days(-1),
            reader.told ? reader.told->alerts : AlertsTold{begin}};
}

// False: somebody else has composed it.
sql::Result<bool> take_day(sql::Session& session, const Reader& reader, domain::Date day,
                           const AlertsTold& told) {
    const std::array parameters{cell(reader.channel), cell(reader.workspace), cell(day),
                                cell(told.until), cell(told.offset)};
    const auto taken = session.execute(
        "INSERT INTO outlay.channel_digests AS known (channel, workspace, through, alerts_until,"
        " alerts_offset) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (channel) DO UPDATE SET through = "
        "excluded.through,"
        " alerts_until = excluded.alerts_until, alerts_offset = excluded.alerts_offset WHERE "
        "known.through < excluded.through",
        parameters);
    if (!taken.ok()) return domain::Fail{taken.error()};
    return *taken == 1;
}

sql::Status write_message(sql::Session& session, const Reader& reader, domain::Date day,
                          const std::string& document, domain::Instant now) {
    const auto kind = reader.digest.every == Every::week ? domain::channel::weekly_digest
                                                         : domain::channel::daily_digest;
    const std::array parameters{
        cell(platform::uuid_of_name(reader.channel.value, "digest " + day.text())),
        cell(reader.workspace),
        cell(kind),
        cell(document),
        cell(now),
        cell(reader.channel)};
    return status_of(session.execute(
        "INSERT INTO outlay.outbox (id, workspace, kind, payload, log_partition, log_offset,"
        " created_at, channel) VALUES ($1, $2, $3, $4, -1, -1, $5, $6)"
        " ON CONFLICT (id) DO NOTHING",
        parameters));
}

sql::Result<bool> compose(sql::Store& store, const Reader& reader, const DigestScope& scope,
                          domain::Date day, domain::Instant now) {
    bool is_written = false;
    const auto done = store.transact(sql::as_worker, [&](sql::Session& session) -> sql::Status {
        is_written = false;
        const auto content = digest_content(session, scope);
        if (!content.ok()) return domain::Fail{content.error()};
        const auto taken = take_day(session, reader, day, content->told);
        if (!taken.ok()) return domain::Fail{taken.error()};
        if (!*taken || content->document.empty()) return domain::Done{};
        is_written = true;
        return write_message(session, reader, day, content->document, now);
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return is_written;
}

// What cannot be composed is nobody else's trouble.
void pass_over(const Reader& reader, const sql::Error& error) {
    platform::log(platform::LogLevel::warning, "a digest could not be composed",
                  {{"channel", reader.channel.text()}, {"error", error.detail}});
}

}  // namespace

sql::Result<DigestRound> compose_digests(sql::Store& store, const platform::Clock& clock,
                                         const platform::Zones& zones) {
    const auto found = readers(store);
    if (!found.ok()) return domain::Fail{found.error()};
    const auto now = clock.now();
    DigestRound round;
    for (const auto& reader : *found) {
        const auto day = digest_day(zones, reader.time_zone, reader.digest, now);
        if (!is_due(reader, day, zones)) continue;
        if (round.looked_at == digests_max) {
            round.has_more = true;
            break;
        }
        const auto composed = compose(store, reader, scope_of(reader, day, zones), day, now);
        if (composed.ok()) ++round.looked_at;
        if (composed.ok() && *composed) ++round.composed;
        if (!composed.ok()) pass_over(reader, composed.error());
    }
    return round;
}

}  // namespace outlay::workers::notifier
