// Rows of read.commits as records.
#include "workers/stored_commits.hpp"

#include <array>
#include <limits>

#include "journal/record.hpp"
#include "platform/json/value.hpp"
#include "platform/stored_instant.hpp"
#include "workers/cells.hpp"

namespace outlay::workers {

namespace {

using journal::Record;

constexpr std::string_view identity = "stored";

std::string identity_of(const std::string& value) {
    const auto parsed = json::parse(value);
    const bool is_object = parsed.ok() && parsed->kind() == json::Kind::object;
    const auto* journal = is_object ? parsed->find("journal") : nullptr;
    const bool is_text = journal != nullptr && journal->kind() == json::Kind::string;
    return is_text ? journal->text() : std::string();
}

// What cannot be presented as imported stands as it is, and will be refused.
std::string presented(const journal::Origin& origin, const domain::WorkspaceId& workspace,
                      const std::string& command, std::string value) {
    const auto id = domain::Uuid::parse(command);
    if (origin.journal.empty() || !id) return value;
    return journal::encode_imported(identity, {workspace, {*id}, origin, value});
}

}  // namespace

void StoredCommits::append(std::int32_t, std::string, std::string, journal::AppendDone done) {
    done({journal::AppendResult::refused, {}});
}

domain::Result<std::int64_t, journal::JournalError> StoredCommits::end(std::int32_t) {
    return std::numeric_limits<std::int64_t>::max();
}

Record StoredCommits::genesis(std::int32_t partition) const {
    return {{partition, 0}, {}, "", journal::encode_genesis(identity, partition_count_, identity)};
}

domain::Result<std::vector<Record>, journal::JournalError> StoredCommits::read(
    std::int32_t partition, std::int64_t from, const journal::ReadLimits& limits) {
    std::vector<Record> records;
    const std::array parameters{cell(workspace_), cell(partition), cell(from)};
    const auto done = store_.transact(sql::as_reader, [&](sql::Session& session) -> sql::Status {
        records.clear();
        if (from == 0) records.push_back(genesis(partition));
        const auto rows = session.query(
            "SELECT log_offset, command, appended_at, record FROM read.commits"
            " WHERE workspace = $1 AND log_partition = $2 AND log_offset >= $3 AND log_offset > 0"
            " ORDER BY log_offset LIMIT " +
                std::to_string(limits.records_max),
            parameters);
        if (!rows.ok()) return domain::Fail{rows.error()};
        for (std::size_t row = 0; row < rows->size(); ++row) {
            const journal::Position position{partition, rows->integer(row, 0)};
            const auto at = domain::Instant::parse(rows->text(row, 2)).value_or(domain::Instant{});
            const journal::Origin origin{identity_of(rows->text(row, 3)), position, at};
            records.push_back(
                {position, at, workspace_.text(),
                 presented(origin, workspace_, rows->text(row, 1), rows->text(row, 3))});
        }
        return domain::Done{};
    });
    if (done.ok()) return records;
    return domain::Fail{
        journal::JournalError{journal::JournalErrorKind::unavailable, done.error().detail}};
}

}  // namespace outlay::workers
