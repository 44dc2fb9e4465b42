// Export: the facts of a journal, or of one workspace, written as an archive. By default what is
// exported is sealed first: nothing happens there any more, so that it can go on elsewhere without
// living twice. Blocks; confined to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal/archive.hpp"
#include "journal/walk.hpp"

namespace outlay::workers {

struct ExportOptions {
    std::optional<domain::WorkspaceId> workspace{};  // empty: all of them
    bool seals = true;                               // false: a copy of a journal that goes on
    domain::Instant now{};
};

// Called with the number of records that were read; false ends the work.
using ReadTold = std::function<bool(std::int64_t records)>;

// Why it was not made, as a sentence for an operator.
struct ExportError {
    std::string detail;
    bool is_interrupted = false;  // nothing is wrong: it can be run again
};

struct Exported {
    std::int64_t records = 0;    // in the archive
    std::int64_t looked_at = 0;  // in the journal
    bool is_sealed = false;
    std::string sum{};
};

class Export {
public:
    Export(journal::Journal& log, ExportOptions options, ReadTold told);

    // What would be written: changes nothing.
    domain::Result<Exported, ExportError> look();
    // Appends the seals that are not there yet. To be called before write, if it is to be sealed.
    domain::Status<ExportError> seal();
    domain::Result<Exported, ExportError> write(platform::LineSink& sink);

private:
    using Entries = std::function<domain::Status<std::string>(const journal::ArchiveEntry&)>;
    domain::Result<Exported, ExportError> walk(const Entries& take, journal::ArchiveEnd& end);
    domain::Status<ExportError> walk_partition(journal::Walk& walk, std::int64_t end,
                                               const Entries& take, Exported& found);
    bool is_over(const journal::Walk& walk) const;
    domain::Result<std::string, ExportError> identity();
    std::vector<std::int32_t> partitions() const;

    journal::Journal& log_;
    ExportOptions options_;
    ReadTold told_;
};

}  // namespace outlay::workers
