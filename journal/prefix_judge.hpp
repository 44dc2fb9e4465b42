// Prefix judge: admission over a partition from its first record on, without a store. It remembers
// every head and every command, some 200 bytes for each. Confined to one thread.
#pragma once

#include <unordered_map>

#include "journal/admission.hpp"

namespace outlay::journal {

class PrefixJudge {
public:
    PrefixJudge(std::string journal, std::int32_t partition, std::int32_t partition_count)
        : admission_(std::move(journal), partition, partition_count) {}

    // Records in order, from the first one on; a halting one may be judged again after its skip was
    // learned.
    Judgement judge(const Record& record);
    void learn_skip(std::int64_t offset, std::string record_hash) {
        admission_.learn_skip(offset, std::move(record_hash));
    }
    CommandFate fate(const CommandKey& key) const;
    const Gates& gates() const { return admission_.gates(); }

private:
    void keep(const Judgement& judgement);

    Admission admission_;
    std::unordered_map<CommandKey, CommandFate, KeyHash> fates_;
    std::unordered_map<AggregateKey, Head, KeyHash> heads_;
};

}  // namespace outlay::journal
