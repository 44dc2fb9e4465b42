// Folding stored events back into states. Events are found in read.events, their bytes in
// read.commits.
#include "journal/history.hpp"

#include <algorithm>
#include <array>

#include "events/codec.hpp"
#include "journal/tables.hpp"

namespace outlay::journal {

namespace {

using sql::Rows;
using sql::Value;

domain::Fail<sql::Error> broken(std::string detail) {
    return {sql::Error{sql::ErrorKind::failed, std::move(detail)}};
}

// One event of a stored commit, decoded.
struct LoadedEvent {
    domain::EventMeta meta;
    EventHash hash;
    std::string type;
    std::string data;
    std::optional<domain::Event> event;
};

sql::Result<LoadedEvent> event_at(const std::string& record, std::int64_t index) {
    const auto decoded = decode(record, "");
    const auto* commit = std::get_if<Commit>(&decoded);
    const auto at = static_cast<std::size_t>(index);
    if (!commit || at >= commit->events.size()) return broken("a stored commit cannot be decoded");
    const auto& stored = commit->events[at];
    auto event = events::decode(stored.type, stored.schema, *stored.data);
    if (!event.ok()) return broken("event " + stored.type + ": " + event.error().detail);
    return LoadedEvent{meta_of(*commit, at), stored.hash, stored.type,
                       std::string(stored.data->raw()), std::move(event).value()};
}

sql::Status apply(Versioned& versioned, const std::string& record, std::int64_t index) {
    auto loaded = event_at(record, index);
    if (!loaded.ok()) return domain::Fail{loaded.error()};
    domain::evolve(versioned.state, *loaded->event, loaded->meta);
    versioned.head = {loaded->meta.version, loaded->hash};
    return domain::Done{};
}

Versioned initial(std::string_view aggregate) {
    const auto kind = domain::kind_of(aggregate);
    CHECK(kind.has_value(), "an aggregate of no kind");
    return {domain::initial_state(*kind), {}};
}

constexpr std::string_view history_sql =
    "SELECT e.version, e.event_index, c.log_partition, c.log_offset, c.record"
    " FROM read.events e JOIN read.commits c"
    " ON c.workspace = e.workspace AND c.log_partition = e.log_partition AND c.log_offset = "
    "e.log_offset"
    " WHERE e.workspace = $1 AND e.aggregate = $2 AND e.version <= $3 ORDER BY e.version";

sql::Result<Rows> history_rows(sql::Session& session, const domain::WorkspaceId& workspace,
                               std::string_view aggregate, std::uint64_t version_max) {
    const std::array<Value, 3> parameters{workspace.value.text(), std::string(aggregate),
                                          static_cast<std::int64_t>(version_max)};
    return session.query(history_sql, parameters);
}

// read.events looked up by aggregate alone, all versions; read.commits by position.
constexpr sql::Table events_by_aggregate{"read.events", tables::events_columns, 2};
constexpr std::array commits_by_position_columns{sql::Column{"log_partition", sql::Type::integer},
                                                 sql::Column{"log_offset", sql::Type::integer},
                                                 sql::Column{"record", sql::Type::bytes}};
constexpr sql::Table commits_by_position{"read.commits", commits_by_position_columns, 2};

struct EventPlace {
    AggregateKey key;
    std::uint64_t version = 0;
    Position position;
    std::int64_t index = 0;
};

sql::Result<std::vector<EventPlace>> places(sql::Session& session,
                                            std::span<const AggregateKey> keys) {
    std::vector<Value> cells;
    for (const auto& key : keys) {
        cells.emplace_back(key.workspace.value.text());
        cells.emplace_back(key.aggregate);
    }
    constexpr std::array<std::string_view, 6> columns{"workspace",     "aggregate",  "version",
                                                      "log_partition", "log_offset", "event_index"};
    const auto rows = session.find(events_by_aggregate, columns, cells);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<EventPlace> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        found.push_back({{{rows->uuid(row, 0)}, rows->text(row, 1)},
                         static_cast<std::uint64_t>(rows->integer(row, 2)),
                         {static_cast<std::int32_t>(rows->integer(row, 3)), rows->integer(row, 4)},
                         rows->integer(row, 5)});
    }
    std::ranges::sort(found, {}, &EventPlace::version);
    return found;
}

sql::Result<std::map<Position, std::string>> records(sql::Session& session,
                                                     const std::vector<EventPlace>& wanted) {
    std::map<Position, std::string> by_position;
    for (const auto& place : wanted) by_position.try_emplace(place.position);
    std::vector<Value> cells;
    for (const auto& [position, record] : by_position) {
        cells.emplace_back(std::int64_t{position.partition});
        cells.emplace_back(position.offset);
    }
    constexpr std::array<std::string_view, 3> columns{"log_partition", "log_offset", "record"};
    const auto rows = session.find(commits_by_position, columns, cells);
    if (!rows.ok()) return domain::Fail{rows.error()};
    for (std::size_t row = 0; row < rows->size(); ++row) {
        by_position[{static_cast<std::int32_t>(rows->integer(row, 0)), rows->integer(row, 1)}] =
            rows->text(row, 2);
    }
    return by_position;
}

std::string text_or_empty(const Rows& rows, std::size_t row, std::size_t column) {
    return rows.is_null(row, column) ? std::string{} : rows.text(row, column);
}

}  // namespace

sql::Result<Versioned> load(sql::Session& session, const domain::WorkspaceId& workspace,
                            std::string_view aggregate, std::optional<std::uint64_t> version_max) {
    constexpr std::uint64_t everything = INT64_MAX;
    const auto rows = history_rows(session, workspace, aggregate, version_max.value_or(everything));
    if (!rows.ok()) return domain::Fail{rows.error()};
    auto versioned = initial(aggregate);
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto applied = apply(versioned, rows->text(row, 4), rows->integer(row, 1));
        if (!applied.ok()) return domain::Fail{applied.error()};
    }
    return versioned;
}

sql::Result<std::unordered_map<AggregateKey, Versioned, KeyHash>> load_all(
    sql::Session& session, std::span<const AggregateKey> keys) {
    std::unordered_map<AggregateKey, Versioned, KeyHash> states;
    if (keys.empty()) return states;
    for (const auto& key : keys) states.try_emplace(key, initial(key.aggregate));
    const auto found = places(session, keys);
    if (!found.ok()) return domain::Fail{found.error()};
    if (found->empty()) return states;
    const auto bytes = records(session, *found);
    if (!bytes.ok()) return domain::Fail{bytes.error()};
    for (const auto& place : *found) {
        const auto applied = apply(states.at(place.key), bytes->at(place.position), place.index);
        if (!applied.ok()) return domain::Fail{applied.error()};
    }
    return states;
}

sql::Result<std::vector<HistoryEntry>> history(sql::Session& session,
                                               const domain::WorkspaceId& workspace,
                                               std::string_view aggregate) {
    const auto rows = history_rows(session, workspace, aggregate, INT64_MAX);
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<HistoryEntry> entries;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        auto loaded = event_at(rows->text(row, 4), rows->integer(row, 1));
        if (!loaded.ok()) return domain::Fail{loaded.error()};
        entries.push_back(
            {{static_cast<std::int32_t>(rows->integer(row, 2)), rows->integer(row, 3)},
             loaded->meta,
             loaded->type,
             std::move(*loaded->event),
             loaded->data});
    }
    return entries;
}

sql::Result<std::optional<Settled>> settled(sql::Session& session,
                                            const domain::WorkspaceId& workspace,
                                            const domain::CommandId& command) {
    const std::array<Value, 2> parameters{workspace.value.text(), command.value.text()};
    const auto rows = session.query(
        "SELECT log_partition, log_offset, kind, fingerprint, record FROM read.commits"
        " WHERE workspace = $1 AND command = $2",
        parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    if (rows->empty()) return std::optional<Settled>{};
    return std::optional<Settled>{
        {{static_cast<std::int32_t>(rows->integer(0, 0)), rows->integer(0, 1)},
         rows->text(0, 2) == "close" ? CommandFate::closed : CommandFate::admitted,
         text_or_empty(*rows, 0, 3),
         rows->text(0, 4)}};
}

sql::Result<std::vector<Checkpoint>> checkpoints(sql::Session& session) {
    const auto rows = session.query(
        "SELECT log_partition, next_offset, last_hash, chain_hash, journal, mode, halt_cause, "
        "halt_detail, revision"
        " FROM read.checkpoints ORDER BY log_partition");
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<Checkpoint> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        found.push_back({static_cast<std::int32_t>(rows->integer(row, 0)), rows->integer(row, 1),
                         text_or_empty(*rows, row, 2), text_or_empty(*rows, row, 3),
                         text_or_empty(*rows, row, 4), rows->text(row, 5),
                         halt_cause(text_or_empty(*rows, row, 6)), text_or_empty(*rows, row, 7),
                         rows->integer(row, 8)});
    }
    return found;
}

sql::Result<bool> shows(sql::Session& session, const Position& position) {
    const std::array<sql::Value, 2> parameters{std::int64_t{position.partition}, position.offset};
    const auto rows = session.query(
        "SELECT 1 FROM read.checkpoints WHERE log_partition = $1 AND next_offset > $2", parameters);
    if (!rows.ok()) return domain::Fail{rows.error()};
    return !rows->empty();
}

}  // namespace outlay::journal
