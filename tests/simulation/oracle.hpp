// The oracle: judges the raw records of the journal by docs/journal.md, on its own, and folds what
// is admitted into ledgers. Everything that clients were told and everything that the store shows
// is measured by it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "tests/simulation/ledger.hpp"

namespace outlay::simulation {

// A record with its verdict, in the words of the tables.
struct Judged {
    journal::Position position;
    std::string verdict;
    std::string workspace;    // "ws_..."
    std::string command;      // "cmd_..."
    std::string fingerprint;  // of a commit
    std::string trace;
    std::string subject;                // the aggregate that the commit is about
    std::uint64_t subject_version = 0;  // after it
};

class Oracle {
public:
    using Lines = std::vector<std::string>;
    Oracle(std::string journal, std::int32_t partitions);

    // Judges the record that follows those of its partition.
    void follow(const journal::Record& record);
    std::int64_t next(std::int32_t partition) const;

    const std::vector<Judged>& judged(std::int32_t partition) const {
        return partitions_[static_cast<std::size_t>(partition)].judged;
    }
    // The record that made the command's fate final; null if nothing did.
    const Judged* fate_of(const std::string& workspace, const std::string& command) const;
    const Ledger& ledger(const std::string& workspace) const;
    // An aggregate's version below the offset `next`.
    std::uint64_t version(const std::string& workspace, const std::string& aggregate,
                          std::int64_t next) const;
    // The hash over all records of the partition, as a checkpoint has it.
    const std::string& chain(std::int32_t partition) const;

    Lines commits() const;     // command|partition|offset|kind|fingerprint
    Lines rejections() const;  // partition|offset|verdict
    Lines events() const;      // workspace|aggregate|version|partition|offset|index|hash
    Lines collect(void (Ledger::*add)(Lines&) const) const;

private:
    struct Head {
        std::uint64_t version = 0;
        std::string hash;
    };
    using Key = std::pair<std::string, std::string>;  // workspace and name
    struct Partition {
        std::vector<Judged> judged;
        std::string chain;
    };
    struct Commit;
    std::string judge(const json::Value& document, Judged& judged);
    std::string judge_commit(const json::Value& document, Judged& judged);
    void admit(const Commit& commit, Judged& judged);
    Head head(const std::string& workspace, const std::string& aggregate) const;

    std::string journal_;
    std::vector<Partition> partitions_;
    std::map<Key, Head> heads_;
    std::map<Key, Timeline<std::uint64_t>> versions_;
    std::map<Key, Judged> fates_;
    std::map<std::string, Ledger> ledgers_;
    Lines events_;
};

}  // namespace outlay::simulation
