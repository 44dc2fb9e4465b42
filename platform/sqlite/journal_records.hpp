// The records table of journal.db: offsets without gap from 0, every record with a checksum of its
// own. Private to this folder. Confined to one thread at a time, as the Database.
#pragma once

#include <vector>

#include "journal/journal.hpp"
#include "platform/sqlite/database.hpp"

namespace outlay::sqlite {

struct JournalEnd {
    std::int64_t next = 0;               // the offset that the next record takes
    domain::Instant last_appended_at{};  // of the last record
};

class JournalRecords {
public:
    explicit JournalRecords(Database database) : database_(std::move(database)) {}

    // Fails on a file of another kind or a newer format. A new file gets its table, if `create`.
    Status prepare(bool create);
    Result<JournalEnd> end();
    // Within the caller's transaction.
    Status insert(std::int64_t offset, domain::Instant appended_at, std::string_view key,
                  std::string_view value);
    // Records of [from, end); a gap or a wrong checksum is corrupt.
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        std::int64_t from, std::int64_t end, const journal::ReadLimits& limits);

    Database& database() { return database_; }

private:
    Database database_;
};

journal::JournalError journal_error(const Failure& failure);

}  // namespace outlay::sqlite
