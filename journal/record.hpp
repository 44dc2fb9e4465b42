// The journal record, version 1: what one Kafka record or SQLite row holds. docs/journal.md is the
// specification. Values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/aggregate.hpp"
#include "domain/context.hpp"
#include "journal/position.hpp"
#include "platform/hash.hpp"
#include "platform/json/value.hpp"

namespace outlay::journal {

inline constexpr std::int64_t record_version = 1;

// The first 16 bytes of the SHA-256 of an event's stored bytes. All zero: no previous event.
struct EventHash {
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const EventHash&) const = default;
    bool is_none() const { return *this == EventHash{}; }
    std::string hex() const;  // "" for none
    static std::optional<EventHash> parse(std::string_view hex);
};

// An aggregate's newest version and the hash of the event that made it. Version 0: it does not
// exist.
struct Head {
    std::uint64_t version = 0;
    EventHash hash;
    bool operator==(const Head&) const = default;
};

struct Read {
    std::string aggregate;
    std::uint64_t version = 0;
    bool operator==(const Read&) const = default;
};

// An event as it goes into a record.
struct ProposedEvent {
    std::string aggregate;
    std::uint64_t version = 0;
    EventHash prev;
    domain::Event event;
};

struct ProposedCommit {
    std::string journal;  // identity
    domain::WorkspaceId workspace;
    domain::CommandId command;
    std::string fingerprint;
    domain::Actor actor;
    domain::Instant decided_at;
    std::vector<Read> reads;
    std::vector<ProposedEvent>
        events;  // `prev` of a later event of the same aggregate is filled in by encode
    std::string trace;
};

// The bytes of the record, and the heads that its events make (one per event).
struct EncodedCommit {
    std::string value;
    std::vector<EventHash> hashes;
};
EncodedCommit encode(const ProposedCommit& commit);

struct Problem {  // why a command was closed
    std::string code;
    std::string detail;
    bool operator==(const Problem&) const = default;
};
std::string encode_close(std::string_view journal, const domain::WorkspaceId& workspace,
                         const domain::CommandId& command, const Problem& problem);
// `import_of` names the file that is being imported, until an import_end; "" : an ordinary journal.
std::string encode_genesis(std::string_view journal, std::int32_t partition_count,
                           std::string_view import_of = {});
std::string encode_skip(std::string_view journal, std::int64_t offset, std::string_view record_hash,
                        std::string_view reason);

// Where a record stood that was moved here from another journal.
struct Origin {
    std::string journal;
    Position position;
    domain::Instant appended_at;
    bool operator==(const Origin&) const = default;
};
// From it on nothing is admitted in its partition; nothing of `workspace`, if it names one.
std::string encode_seal(std::string_view journal,
                        const std::optional<domain::WorkspaceId>& workspace);
// An admitted commit, or a close that took effect, of another journal: `value` by its exact bytes.
struct Imported {
    domain::WorkspaceId workspace;
    domain::CommandId command;
    const Origin& origin;
    std::string_view value;
};
std::string encode_imported(std::string_view journal, const Imported& imported);
std::string encode_import_end(std::string_view journal, std::int32_t partition_count);

// An event as it stands in a record.
struct StoredEvent {
    std::string aggregate;
    std::uint64_t version = 0;
    EventHash prev;
    EventHash hash;
    std::string type;
    std::int64_t schema = 0;
    const json::Value* data = nullptr;  // inside the decoded record's document
};

struct Commit {
    domain::WorkspaceId workspace;
    domain::CommandId command;
    std::string fingerprint;
    domain::Actor actor;
    domain::Instant decided_at;
    std::vector<Read> reads;
    std::vector<StoredEvent> events;
    std::string trace;
    std::unique_ptr<json::Value> document;
    std::optional<Origin> origin{};     // set: it was imported
    std::string_view imported_value{};  // then its own bytes, inside the record's value
};
struct Close {
    domain::WorkspaceId workspace;
    domain::CommandId command;
    Problem problem;
    std::optional<Origin> origin{};  // as of a commit
    std::string_view imported_value{};
};
struct Genesis {
    std::string journal;
    std::int32_t partition_count = 0;
    std::string import_of{};  // "" : an ordinary journal
};
struct Seal {
    std::optional<domain::WorkspaceId> workspace;  // empty: the whole partition
};
struct ImportEnd {
    std::int32_t partition_count = 0;
};
struct Skip {
    std::int64_t offset = 0;
    std::string record_hash;
    std::string reason;
};

struct Malformed {
    std::string detail;
};
struct Foreign {
    std::string journal;
};
struct TooNew {  // version or kind above this program's
    std::string detail;
};
// A record of kind `imported` is the commit or close that it carries.
using Decoded =
    std::variant<Commit, Close, Genesis, Skip, Seal, ImportEnd, Malformed, Foreign, TooNew>;

// Reads the frozen outer fields first, then the body. `journal` is one's own identity; empty
// accepts any (tools). What it answers looks into `value`.
Decoded decode(std::string_view value, std::string_view journal);

// The meta data of the index-th event of a commit.
domain::EventMeta meta_of(const Commit& commit, std::size_t index);

// Ids that follow from a command id alone, so that a retry makes the same ones.
domain::EventId event_id(const domain::CommandId& command, std::size_t index);
domain::Uuid derived_id(const domain::CommandId& command, std::uint32_t index);
domain::CommandId command_of_key(const domain::Uuid& scope, const domain::Uuid& principal,
                                 std::string_view idempotency_key);
std::int32_t partition_of(const domain::WorkspaceId& workspace, std::int32_t partition_count);
// SHA-256 in hex over a record's value; names a record in checkpoints and skips.
std::string record_hash(std::string_view value);

}  // namespace outlay::journal
