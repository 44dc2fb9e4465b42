// Stored commits: what a workspace's read models rest on, as a journal to replay from. It holds the
// records that admission kept of that workspace, at their positions; each is presented like one
// that was imported, so that its identity does not matter and what does not follow is left out
// instead of stopping the replay. Lanes of that workspace alone can read it. Any thread; blocks.
#pragma once

#include "domain/values/ids.hpp"
#include "journal/journal.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

class StoredCommits final : public journal::Journal {
public:
    StoredCommits(sql::Store& store, const domain::WorkspaceId& workspace,
                  std::int32_t partition_count)
        : store_(store), workspace_(workspace), partition_count_(partition_count) {}

    std::int32_t partition_count() const override { return partition_count_; }
    // Nothing can be written: answers refused.
    void append(std::int32_t partition, std::string key, std::string value,
                journal::AppendDone done) override;
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits) override;
    // Behind everything that there may ever be.
    domain::Result<std::int64_t, journal::JournalError> end(std::int32_t partition) override;

private:
    journal::Record genesis(std::int32_t partition) const;

    sql::Store& store_;
    domain::WorkspaceId workspace_;
    std::int32_t partition_count_;
};

}  // namespace outlay::workers
