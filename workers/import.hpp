// Import: an archive becomes an empty journal, under an identity of its own. First all of it is
// checked, then it is appended, read back, and opened. It may be killed at any point: the same
// import goes on where it was. Blocks; confined to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "journal/appender.hpp"
#include "journal/archive.hpp"
#include "journal/walk.hpp"
#include "workers/export.hpp"

namespace outlay::workers {

struct ImportError {
    std::string detail;          // a sentence for an operator
    bool is_unfinished = false;  // something was appended: run it again
};

struct Imported {
    std::string journal{};      // the new identity
    std::int64_t appended = 0;  // now; the others were there
    bool was_finished = false;  // by an earlier import
};

struct CheckedArchive {
    journal::ArchiveHead head;
    std::int64_t records = 0;
};
// Reads the whole archive: every record is there, unchanged, and would be admitted in a journal of
// so many partitions. Leaves the archive at its end.
domain::Result<CheckedArchive, ImportError> check_archive(journal::ArchiveReader& archive,
                                                          std::int32_t partition_count,
                                                          const ReadTold& told);

class Import {
public:
    // `archive` was checked. `identity` is used if the journal is empty.
    Import(journal::Journal& log, journal::ArchiveReader& archive, std::string identity);

    // Whether the journal can take it: it is empty, or as an earlier import of this archive left
    // it. Changes nothing, and is to be called first.
    domain::Status<ImportError> look_at_journal();

    domain::Result<Imported, ImportError> run(const ReadTold& told);

private:
    using Status = domain::Status<ImportError>;
    // How far one partition is.
    struct Target {
        std::unique_ptr<journal::Walk> walk;
        bool is_empty = false;
        bool is_open = false;  // the import of it has ended
    };
    Status read_back(Target& target, std::int32_t partition);
    Status begin_partitions();
    Status append_missing(Imported& done, const ReadTold& told);
    Status prove(const ReadTold& told);
    Status open_partitions();

    journal::Journal& log_;
    journal::ArchiveReader& archive_;
    std::string identity_;
    journal::Appender appender_;
    std::vector<Target> targets_;
};

}  // namespace outlay::workers
