// SQL and checksums of the records table.
#include "platform/sqlite/journal_records.hpp"

#include <sqlite3.h>

#include "platform/hash.hpp"

namespace outlay::sqlite {

using domain::Fail;
using journal::JournalError;
using journal::JournalErrorKind;
using journal::Record;

namespace {

constexpr std::int64_t application_id = 0x4f75746c;  // "Outl"
constexpr std::int64_t format = 1;

constexpr auto schema = R"(
    BEGIN IMMEDIATE;
    CREATE TABLE records (
        record_offset INTEGER PRIMARY KEY,
        appended_at INTEGER NOT NULL,
        key BLOB NOT NULL,
        value BLOB NOT NULL,
        checksum INTEGER NOT NULL
    ) STRICT;
    PRAGMA application_id = 1333097580;
    PRAGMA user_version = 1;
    COMMIT;
)";
static_assert(application_id == 1333097580 && format == 1, "the schema above names both");

constexpr auto select_end =
    "SELECT record_offset, appended_at FROM records ORDER BY record_offset DESC LIMIT 1";
constexpr auto insert_record = "INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr auto select_records =
    "SELECT record_offset, appended_at, key, value, checksum FROM records "
    "WHERE record_offset >= ?1 AND record_offset < ?2 ORDER BY record_offset LIMIT ?3";

void add_integer(std::string& bytes, std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(value >> shift));
}

// SQLite pages carry no checksum; this one finds a flipped bit of any column.
std::int64_t checksum(std::int64_t offset, domain::Instant appended_at, std::string_view key,
                      std::string_view value) {
    std::string head;
    head.reserve(24 + key.size());
    add_integer(head, static_cast<std::uint64_t>(offset));
    add_integer(head, static_cast<std::uint64_t>(appended_at.micros));
    add_integer(head, key.size());
    head += key;
    const auto digest = platform::sha256(head, value);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8 | digest[i];
    return static_cast<std::int64_t>(number);
}

Result<std::int64_t> read_integer(Database& database, std::string_view statement) {
    auto prepared = database.prepare(statement);
    if (!prepared) return Fail{prepared.error()};
    const StatementUse use(**prepared);
    auto row = use->step();
    if (!row) return Fail{row.error()};
    return *row ? use->integer(0) : std::int64_t{0};
}

bool is_damage(int code) {
    const int primary = code & 0xff;
    return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || code == SQLITE_IOERR_DATA ||
           code == SQLITE_IOERR_CORRUPTFS || code == SQLITE_IOERR_SHORT_READ;
}

}  // namespace

JournalError journal_error(const Failure& failure) {
    return {is_damage(failure.code) ? JournalErrorKind::corrupt : JournalErrorKind::unavailable,
            failure.message};
}

Status JournalRecords::prepare(bool create) {
    const auto id = read_integer(database_, "PRAGMA application_id");
    if (!id) return Fail{id.error()};
    const auto version = read_integer(database_, "PRAGMA user_version");
    if (!version) return Fail{version.error()};
    if (*id == application_id && *version == format) return domain::Done{};
    if (*id == application_id) {
        return Fail{Failure{SQLITE_NOTADB, "journal format " + std::to_string(*version) +
                                               ", this program knows " + std::to_string(format)}};
    }
    const auto tables = read_integer(database_, "SELECT count(*) FROM sqlite_schema");
    if (!tables) return Fail{tables.error()};
    if (*tables != 0 || !create) return Fail{Failure{SQLITE_NOTADB, "a database, but no journal"}};
    return database_.execute(schema);
}

Result<JournalEnd> JournalRecords::end() {
    auto prepared = database_.prepare(select_end);
    if (!prepared) return Fail{prepared.error()};
    const StatementUse use(**prepared);
    auto row = use->step();
    if (!row) return Fail{row.error()};
    if (!*row) return JournalEnd{};
    return JournalEnd{use->integer(0) + 1, {use->integer(1)}};
}

Status JournalRecords::insert(std::int64_t offset, domain::Instant appended_at,
                              std::string_view key, std::string_view value) {
    auto prepared = database_.prepare(insert_record);
    if (!prepared) return Fail{prepared.error()};
    const StatementUse use(**prepared);
    use->bind_integer(1, offset);
    use->bind_integer(2, appended_at.micros);
    use->bind_bytes(3, key);
    use->bind_bytes(4, value);
    use->bind_integer(5, checksum(offset, appended_at, key, value));
    return use->run();
}

domain::Result<std::vector<Record>, JournalError> JournalRecords::read(
    std::int64_t from, std::int64_t end, const journal::ReadLimits& limits) {
    auto prepared = database_.prepare(select_records);
    if (!prepared) return Fail{journal_error(prepared.error())};
    const StatementUse use(**prepared);
    use->bind_integer(1, from);
    use->bind_integer(2, end);
    use->bind_integer(3, static_cast<std::int64_t>(limits.records_max));
    std::vector<Record> records;
    std::size_t bytes = 0;
    for (auto wanted = from; wanted < end; ++wanted) {
        if (records.size() >= limits.records_max || bytes >= limits.bytes_max) break;
        auto row = use->step();
        // A damaged record is told alone, after the good ones before it.
        if (!row && !records.empty()) break;
        if (!row) return Fail{journal_error(row.error())};
        const domain::Instant appended_at{*row ? use->integer(1) : 0};
        if (!*row || use->integer(0) != wanted ||
            use->integer(4) != checksum(wanted, appended_at, use->bytes(2), use->bytes(3))) {
            if (!records.empty()) break;
            return Fail{JournalError{JournalErrorKind::corrupt,
                                     "record " + std::to_string(wanted) + " is damaged"}};
        }
        records.push_back(
            {{0, wanted}, appended_at, std::string(use->bytes(2)), std::string(use->bytes(3))});
        bytes += records.back().key.size() + records.back().value.size();
    }
    return records;
}

}  // namespace outlay::sqlite
