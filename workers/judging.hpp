// Judging a batch: loads what admission needs to know, set-based, and asks it for a verdict on
// every record. Confined to one thread.
#pragma once

#include <span>
#include <vector>

#include "journal/admission.hpp"
#include "journal/journal.hpp"
#include "platform/sql.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers {

struct Judged {
    const journal::Record* record = nullptr;  // of the batch
    journal::Judgement judgement;
};

// What one partition's admission has to judge.
struct Docket {
    journal::Admission& admission;
    std::span<const journal::Record> records;
    std::vector<Judged> judged;  // in order of the log; after a halt there are no more
};
// Loads what all of them need to know in two queries, and fills in the verdicts.
sql::Status judge_all(sql::Session& session, std::span<Docket> dockets);

// The rows of admission's own tables (journal/tables.hpp) for these verdicts, none of which is a
// halt.
void add_admission_rows(std::span<const Judged> judged, RowChanges& changes);

}  // namespace outlay::workers
