// What was applied to a store, beside what this program would apply.
#include <algorithm>
#include <map>
#include <optional>

#include "platform/hash.hpp"
#include "workers/schema.hpp"

namespace outlay::workers {

namespace {

using migrations::Migration;

const sql::TransactionOptions as_admin{sql::Access::admin, std::nullopt};

struct Applied {
    std::string at;
    std::optional<std::string> checksum;
};
using AppliedByName = std::map<std::string, Applied>;

// A store that nobody migrated has none of the tables, which is no error here.
sql::Result<sql::Rows> rows_if_any(sql::Store& store, std::string_view statement) {
    sql::Rows found;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        auto rows = session.query(statement);
        if (!rows.ok()) return domain::Fail{rows.error()};
        found = std::move(rows).value();
        return domain::Done{};
    });
    if (!done.ok() && done.error().kind != sql::ErrorKind::failed)
        return domain::Fail{done.error()};
    return found;
}

sql::Result<AppliedByName> read_applied(sql::Store& store) {
    AppliedByName found;
    const auto records =
        rows_if_any(store, "SELECT name, applied_at FROM outlay.schema_migrations");
    if (!records.ok()) return domain::Fail{records.error()};
    for (std::size_t row = 0; row < records->size(); ++row)
        found[records->text(row, 0)].at = records->text(row, 1);
    const auto sums = rows_if_any(store, "SELECT name, checksum FROM outlay.schema_checksums");
    if (!sums.ok()) return domain::Fail{sums.error()};
    for (std::size_t row = 0; row < sums->size(); ++row) {
        const auto applied = found.find(sums->text(row, 0));
        if (applied != found.end()) applied->second.checksum = sums->text(row, 1);
    }
    return found;
}

// Those that are whole; the first is made with the store.
sql::Result<std::vector<std::int64_t>> read_generations(sql::Store& store) {
    const auto rows = rows_if_any(store,
                                  "SELECT generation FROM outlay.generations WHERE state NOT IN "
                                  "('building', 'dropping') ORDER BY generation");
    if (!rows.ok()) return domain::Fail{rows.error()};
    std::vector<std::int64_t> found;
    for (std::size_t row = 0; row < rows->size(); ++row) found.push_back(rows->integer(row, 0));
    if (found.empty()) found.push_back(1);
    return found;
}

// Takes what it tells of out of `applied`.
MigrationRecord record_of(const Migration& migration, std::string name, AppliedByName& applied) {
    MigrationRecord record{std::move(name)};
    const auto found = applied.extract(record.name);
    if (found.empty()) return record;
    const auto& checksum = found.mapped().checksum;
    const bool is_same =
        !checksum ||
        *checksum == platform::hex(platform::bytes_of(platform::sha256(migration.sql)));
    record.state = is_same ? MigrationState::applied : MigrationState::changed;
    record.applied_at = found.mapped().at;
    record.is_checked = checksum.has_value();
    return record;
}

}  // namespace

sql::Result<std::vector<MigrationRecord>> migration_records(sql::Store& store,
                                                            std::span<const Migration> all) {
    auto applied = read_applied(store);
    if (!applied.ok()) return domain::Fail{applied.error()};
    const auto generations = read_generations(store);
    if (!generations.ok()) return domain::Fail{generations.error()};
    std::vector<MigrationRecord> records;
    for (const auto& migration : all.subspan(1)) {
        const std::string name(migration.name);
        if (!name.starts_with("generation_")) {
            records.push_back(record_of(migration, name, *applied));
            continue;
        }
        for (const auto generation : *generations)
            records.push_back(
                record_of(migration, name + "@" + std::to_string(generation), *applied));
    }
    for (const auto& [name, one] : *applied) {
        // A generation that is being made or dropped is a rebuild's business.
        if (std::ranges::find(all, std::string_view(name).substr(0, name.find('@')),
                              &Migration::name) != all.end())
            continue;
        records.push_back({name, MigrationState::newer, one.at, one.checksum.has_value()});
    }
    return records;
}

}  // namespace outlay::workers
