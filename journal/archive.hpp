// Archive: the facts of a journal, or of one workspace, as lines of text that can be carried to
// another journal. Every line is bound to all lines before it, so that the first one that was
// changed, lost, added or moved is named. docs/journal.md, section 7, is the specification.
// Confined to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journal/record.hpp"
#include "platform/lines.hpp"

namespace outlay::journal {

inline constexpr std::int64_t archive_version = 1;

struct ArchiveHead {
    std::string journal;  // from which it was made
    std::int32_t partitions = 1;
    std::optional<domain::WorkspaceId> workspace{};  // the only one; empty: the whole journal
    bool is_sealed = false;                          // nothing can have happened there afterwards
    domain::Instant made_at{};
};
// An admitted commit, or a close that took effect, by its exact bytes.
struct ArchiveEntry {
    Origin origin;
    std::string record;
};
struct ArchiveEnd {
    std::int64_t records = 0;
    std::vector<Position> ends{};               // up to which each partition was read
    std::vector<domain::WorkspaceId> sealed{};  // by name, in a journal that was not: they stay so
    std::string sum{};                          // over everything; names the archive
};

class ArchiveWriter {
public:
    using Status = domain::Status<std::string>;
    explicit ArchiveWriter(platform::LineSink& sink) : sink_(sink) {}
    Status begin(const ArchiveHead& head);
    Status add(const ArchiveEntry& entry);
    // Finishes the file; answers the sum.
    domain::Result<std::string, std::string> finish(ArchiveEnd end);
    std::int64_t records() const { return records_; }

private:
    platform::LineSink& sink_;
    std::string sum_;
    std::int64_t records_ = 0;
};

class ArchiveReader {
public:
    explicit ArchiveReader(platform::LineSource& source) : source_(source) {}
    // Errors name the first place that is wrong. To be called first, and to begin anew.
    domain::Result<ArchiveHead, std::string> begin();
    // Empty behind the last entry: then `end` is what the archive closes with, and nothing follows.
    domain::Result<std::optional<ArchiveEntry>, std::string> next();
    const ArchiveEnd& end() const { return end_; }
    std::int64_t records() const { return records_; }  // so far

private:
    domain::Result<std::string, std::string> line();
    std::string place() const;
    domain::Status<std::string> close(const json::Value& line);

    platform::LineSource& source_;
    std::string sum_;
    std::int64_t records_ = 0;
    std::optional<Position> last_;
    ArchiveEnd end_;
};

}  // namespace outlay::journal
