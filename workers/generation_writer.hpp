// Generation writer: carries one partition of one generation forward, a batch in one transaction,
// which several partitions may share. The checkpoint's compare-and-set comes first; it proves that
// nobody else wrote since, and so makes caches between batches safe. Mode and generation are
// parameters: a rebuild writes a shadow generation with the same code. Confined to one thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journal/admission.hpp"
#include "journal/history.hpp"
#include "journal/journal.hpp"
#include "platform/sql.hpp"
#include "workers/budget_book.hpp"
#include "workers/change_feed.hpp"
#include "workers/checkpoint.hpp"
#include "workers/effects.hpp"
#include "workers/folding.hpp"
#include "workers/judging.hpp"
#include "workers/projections/budget_usage.hpp"

namespace outlay::workers {

// Where a partition stands in a generation.
struct Standing {
    std::int64_t generation = 0;
    journal::Checkpoint checkpoint;
};

class GenerationWriter {
public:
    GenerationWriter(sql::Store& store, Lane lane);

    // Reads the checkpoint, makes it if there is none, and stands there with empty caches.
    // `log_end` is the journal's end: what lies below it when a store is new has no effects.
    sql::Status stand(std::int64_t log_end);
    const Standing& standing() const { return standing_; }

    enum class End {
        committed,
        superseded,  // somebody else moved the checkpoint, or the generation or mode changed: stand
                     // again
        halted,      // a record of the batch stops the partition; nothing was written
        failed,      // the store did not take it; nothing was written, or that is unknown
    };
    struct Outcome {
        End end = End::committed;
        std::size_t halt_index = 0;
        journal::HaltCause halt_cause = journal::HaltCause::projection;
        std::string halt_detail;
        sql::Error error;
    };
    // `records` follow the checkpoint without gap.
    Outcome write(std::span<const journal::Record> records);

    // The records of one partition among several that share a transaction.
    struct Share {
        GenerationWriter& writer;
        std::span<const journal::Record> records;
    };
    // All or nothing: false says nothing about a single share; each is to be written alone then. In
    // order of partitions, so that no two transactions wait for each other; over one store.
    static bool write_together(std::span<const Share> shares);

    void learn_skip(std::int64_t offset, std::string record_hash);
    // Writes the halt into the checkpoint; true if it was not there already.
    sql::Result<bool> halt(journal::HaltCause cause, const std::string& detail);
    // Takes a halt away that no longer holds; false if somebody else moved the checkpoint.
    sql::Result<bool> clear_halt();

private:
    struct Work;   // one partition's share of an attempt
    struct Batch;  // one attempt
    static bool run(sql::Store& store, Batch& batch);
    static void measure(const Batch& batch, const sql::Status& done);
    static sql::Status attempt(sql::Session& session, Batch& batch);
    static sql::Status judge(sql::Session& session, Batch& batch);
    static sql::Status project(sql::Session& session, Batch& batch);
    Work work_on(std::span<const journal::Record> records);
    static sql::Status claim(sql::Session& session, Batch& batch);
    journal::Admission& open_admission(const std::string& journal);
    sql::Status fold_commits(sql::Session& session, Work& work, Batch& batch);
    static sql::Status tell_changes(sql::Session& session, Batch& batch,
                                    const effects::Marks& effects_from);
    sql::Result<BudgetBooks> books_of(sql::Session& session, const Folded& folded);
    // Both are false when a writer does not stand where it thinks any more.
    sql::Result<bool> put_checkpoint(journal::Checkpoint wished);
    struct Wish {
        const GenerationWriter& writer;
        const journal::Checkpoint& wished;
    };
    static sql::Result<bool> move_to(sql::Session& session, std::span<const Wish> wishes);
    sql::Result<bool> may_stand_at(sql::Session& session, const journal::Checkpoint& wished) const;
    std::optional<std::string> adopt_genesis(sql::Session& session, const journal::Record& first,
                                             journal::Checkpoint& next) const;
    void keep(Work& work, Batch& batch);
    void keep_folders(const Work& work, Batch& batch);
    void forget();

    sql::Store& store_;
    Lane lane_;
    Standing standing_;
    std::optional<journal::Admission> admission_;
    journal::Gates gates_;  // where it stands
    std::vector<std::pair<std::int64_t, std::string>> skips_;
    StateCache states_;
    Lru<domain::WorkspaceId, BudgetBook> books_;
    Lru<domain::WorkspaceId, budget_usage::Folder> folders_;
    ChangeFeed changes_;
};

}  // namespace outlay::workers
