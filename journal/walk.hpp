// Walk: reads a partition from its first record on and judges every record, for tools that look at
// the journal alone. Blocks; confined to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "journal/prefix_judge.hpp"

namespace outlay::journal {

// Where the walk cannot go on, and why, as a sentence for an operator.
struct WalkError {
    Position position;
    std::string detail;
    bool is_away =
        false;  // the journal does not answer: nothing is wrong with it as far as is known
};

class Walk {
public:
    struct Step {
        const Record& record;  // valid until the next call
        Judgement judgement;   // never a halt: that is an error
    };

    Walk(Journal& log, std::int32_t partition) : log_(log), partition_(partition) {}

    // The next record; empty at `end`, up to which records are there.
    domain::Result<std::optional<Step>, WalkError> next(std::int64_t end);

    // Of the next record.
    Position position() const { return {partition_, next_}; }
    // Known behind the first record.
    const std::string& journal() const { return journal_; }
    const std::string& import_of() const { return import_of_; }
    const Gates& gates() const;
    CommandFate fate(const CommandKey& key) const;

private:
    domain::Status<WalkError> fill(std::int64_t end);
    domain::Status<WalkError> begin(const Record& first);
    domain::Result<Judgement, WalkError> judge(const Record& record);

    Journal& log_;
    std::int32_t partition_;
    std::int64_t next_ = 0;
    std::string journal_;
    std::string import_of_;
    std::vector<Record> batch_;
    std::size_t taken_ = 0;  // of the batch
    std::optional<PrefixJudge> judge_;
};

}  // namespace outlay::journal
