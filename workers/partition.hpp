// One partition as a projector sees it: where it stands, whether the log still has what was
// projected, and what to do with the records that arrive. Confined to the projector's thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "workers/generation_writer.hpp"

namespace outlay::workers {

class Partition {
public:
    Partition(sql::Store& store, journal::Journal& log, Lane lane);

    // What became of a call.
    enum class Progress {
        advanced,  // records were projected
        nothing,   // nothing to do
        reread,  // start again: somebody else moved the checkpoint, or records are missing from the
                 // delivery
        waiting,  // store or journal are away, or the generation is frozen: try again soon
        halted,   // the partition stands still until its cause is gone
    };

    // Reads the checkpoint and answers the offset to read from: one record before it, to prove that
    // the log still has what was projected. Empty: see `progress`, waiting or halted.
    struct Start {
        std::optional<std::int64_t> from;
        Progress progress = Progress::nothing;
    };
    Start start();
    // Records as delivered: in order, but perhaps overlapping with what is known. A halted
    // partition tries anew.
    Progress consume(std::vector<journal::Record> records);
    // The same in two steps, so that several partitions can share a transaction: accept answers
    // what became of the records, or nothing if they wait to be projected. A start in between
    // forgets them.
    std::optional<Progress> accept(std::vector<journal::Record> records);
    Progress project_accepted();
    // True: all that waits in these partitions was projected. False: nothing was, and
    // project_accepted of each tells why. In order of partitions.
    static bool project_together(std::span<Partition* const> partitions);
    // The partition cannot be read on.
    Progress fail(const journal::JournalError& error);

    // As far as is known.
    const journal::Checkpoint& checkpoint() const { return writer_.standing().checkpoint; }
    std::int64_t next() const { return writer_.standing().checkpoint.next; }
    bool stands_at(const journal::Checkpoint& stored) const {
        const auto& own = writer_.standing().checkpoint;
        return own.next == stored.next && own.last_hash == stored.last_hash &&
               own.revision == stored.revision;
    }
    // Stands still for a switch of generations, as far as is known.
    bool is_frozen() const { return writer_.standing().checkpoint.mode == "frozen"; }
    // Its journal is not known yet; it is compared with that of the other partitions.
    bool is_new() const { return writer_.standing().checkpoint.journal.empty(); }
    bool is_halted() const { return writer_.standing().checkpoint.halt.has_value(); }

private:
    Start not_now(std::string_view what, const std::string& detail);
    // The delivery without what is known already; empty with a verdict when there is nothing to
    // project.
    std::optional<Progress> check_tail(std::span<const journal::Record>& records);
    Progress project(std::span<const journal::Record> records);
    Progress project_halves(std::span<const journal::Record> records, const std::string& problem);
    Progress stop_at(std::span<const journal::Record> records,
                     const GenerationWriter::Outcome& outcome);
    void note_failure(std::span<const journal::Record> records, const sql::Error& error) const;
    Progress halt(journal::HaltCause cause, const std::string& detail);
    std::optional<std::string> find_skip(const journal::Record& halting);

    journal::Journal& log_;
    Lane lane_;
    GenerationWriter writer_;
    bool tail_unproven_ =
        true;                // the next delivery must begin with the record before the checkpoint
    bool gap_seen_ = false;  // the last delivery began too late
    std::vector<journal::Record> records_;       // the last delivery
    std::span<const journal::Record> accepted_;  // what of it waits to be projected
    std::string_view waits_for_;                 // told already; "" after a start that succeeded
    std::int64_t skip_wanted_for_ = -1;  // the halting record for which skips were looked for
    std::int64_t skips_scanned_ = 0;     // none before this offset
};

}  // namespace outlay::workers
