// States of aggregates, folded from the admitted events in the store. Confined to the session's
// thread.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "domain/aggregate.hpp"
#include "journal/admission.hpp"
#include "journal/record.hpp"
#include "platform/sql.hpp"

namespace outlay::journal {

// A state with the version and hash of its last event. Version 0: it does not exist (initial
// state).
struct Versioned {
    domain::State state;
    Head head;
};

// Folds one aggregate, at most up to `version_max`.
sql::Result<Versioned> load(sql::Session& session, const domain::WorkspaceId& workspace,
                            std::string_view aggregate,
                            std::optional<std::uint64_t> version_max = std::nullopt);

// Folds many aggregates in two set-based queries.
sql::Result<std::unordered_map<AggregateKey, Versioned, KeyHash>> load_all(
    sql::Session& session, std::span<const AggregateKey> keys);

// One event of an aggregate's history, decoded.
struct HistoryEntry {
    Position position;
    domain::EventMeta meta;
    std::string type;
    domain::Event event;
    std::string data;  // as stored
};
sql::Result<std::vector<HistoryEntry>> history(sql::Session& session,
                                               const domain::WorkspaceId& workspace,
                                               std::string_view aggregate);

// What became of a command, if its fate is final.
struct Settled {
    Position position;
    CommandFate fate = CommandFate::open;
    std::string fingerprint;  // of an admitted commit
    std::string record;       // the record's value
};
sql::Result<std::optional<Settled>> settled(sql::Session& session,
                                            const domain::WorkspaceId& workspace,
                                            const domain::CommandId& command);

// Checkpoint of a partition in the session's generation.
struct Checkpoint {
    std::int32_t partition = 0;
    std::int64_t next = 0;
    std::string last_hash;  // record_hash of the record at next - 1; "" when next is 0
    std::string chain_hash;
    std::string journal;
    std::string mode;  // shadow, active, frozen
    std::optional<HaltCause> halt;
    std::string halt_detail;
    std::int64_t revision = 0;  // moves on when rows are mended: what is remembered of them is void
};
sql::Result<std::vector<Checkpoint>> checkpoints(sql::Session& session);
// Whether the session's snapshot includes the position. To be asked in the snapshot that is
// answered from: what was reached a moment ago may have gone back with a store that crashed (ADR
// 0011).
sql::Result<bool> shows(sql::Session& session, const Position& position);

}  // namespace outlay::journal
