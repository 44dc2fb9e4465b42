// Admission: which records of the journal count. A pure function of the log's prefix: first in log
// order wins; no clock, no configuration, no other table takes part. docs/journal.md gives the rule
// in words and golden vectors pin it. Confined to the thread of the partition's projector.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "journal/gates.hpp"
#include "journal/journal.hpp"
#include "journal/record.hpp"

namespace outlay::journal {

enum class Verdict {
    admitted,      // the events are facts now
    closed_now,    // a close that took effect: the command will never apply
    control,       // genesis, skip, seal, import_end: no facts
    duplicate,     // the command was admitted before
    closed,        // the command was closed before
    sealed,        // the partition, or the workspace, was sealed before: it lives elsewhere now
    out_of_turn,   // an imported record outside of an import, or another one during it
    precondition,  // an aggregate that the commit read has changed since
    stale,         // an aggregate that the commit changes has changed since
    malformed,
    foreign,
    misrouted,
    skipped,  // an operator's skip named this record
    halt,     // integrity alarm or upgrade needed: nothing at or after this record is judged
};
std::string_view verdict_name(Verdict verdict);

enum class HaltCause {
    version,  // record version or kind above this program's: upgrade (or skip)
    head,     // a version or hash from a future that this log does not have: divergent history (or
              // skip)
    event_type,  // an admitted event that this program cannot decode: upgrade
    lost_tail,   // the log lost records that were projected
    unreadable,  // the journal cannot read the record (CRC)
    genesis,     // the first record is no genesis, or another journal's
    projection,  // a batch failed deterministically
};
std::string_view halt_cause_name(HaltCause cause);
std::optional<HaltCause> halt_cause(std::string_view name);
// What clears such a halt, as a sentence for an operator.
std::string_view halt_remedy(HaltCause cause);

struct Judgement {
    Verdict verdict = Verdict::malformed;
    std::string detail;               // which aggregate, which versions
    std::optional<HaltCause> halt{};  // for Verdict::halt
    Decoded decoded;                  // Commit for admitted, Close for closed_now, ...
};

struct CommandKey {
    domain::WorkspaceId workspace;
    domain::CommandId command;
    bool operator==(const CommandKey&) const = default;
};
struct AggregateKey {
    domain::WorkspaceId workspace;
    std::string aggregate;
    bool operator==(const AggregateKey&) const = default;
};
struct KeyHash {
    std::size_t operator()(const CommandKey& key) const noexcept {
        return std::hash<domain::Uuid>{}(key.workspace.value) * 31 +
               std::hash<domain::Uuid>{}(key.command.value);
    }
    std::size_t operator()(const AggregateKey& key) const noexcept {
        return std::hash<domain::Uuid>{}(key.workspace.value) * 31 +
               std::hash<std::string>{}(key.aggregate);
    }
};

enum class CommandFate { open, admitted, closed };

// What a batch needs to know of the prefix; see `wanted` below.
struct Wanted {
    std::vector<CommandKey> commands;
    std::vector<AggregateKey> aggregates;
};

class Admission {
public:
    Admission(std::string journal, std::int32_t partition, std::int32_t partition_count);

    // A decoded record, and what judging it needs to know that was not loaded yet: add to `wanted`,
    // load, then judge.
    Decoded prepare(const Record& record, Wanted& wanted) const;
    void learn_head(AggregateKey key, Head head);
    void learn_fate(CommandKey key, CommandFate fate);
    // An operator's skip further on in the log that names `offset`.
    void learn_skip(std::int64_t offset, std::string record_hash);
    // The gates as they were before the next record; at first those of a new partition.
    void learn_gates(Gates gates) { gates_ = std::move(gates); }
    const Gates& gates() const { return gates_; }

    // Judges the next record and updates heads, fates and gates. CHECKs that all wanted facts were
    // learned.
    Judgement judge(const Record& record, Decoded decoded);

    Head head(const AggregateKey& key) const;
    // Forgets heads and fates, but no gates (after a batch; or when a batch was dropped).
    void forget();

private:
    Judgement judge_commit(Commit commit);
    Judgement judge_close(Close close);
    std::optional<Verdict> stopped_at_gates(const domain::WorkspaceId& workspace,
                                            bool is_imported) const;
    std::optional<Judgement> compare(const Commit& commit) const;

    std::string journal_;
    std::int32_t partition_;
    std::int32_t partition_count_;
    std::unordered_map<AggregateKey, Head, KeyHash> heads_;
    std::unordered_map<CommandKey, CommandFate, KeyHash> fates_;
    std::map<std::int64_t, std::string> skips_;
    Gates gates_;
};

// The running hash over everything at or below a position (offset, append time, key, value).
std::string chain(std::string_view previous, const Record& record);

}  // namespace outlay::journal
