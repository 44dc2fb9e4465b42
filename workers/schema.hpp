// Schema: brings a store to the state that this program needs. Forward only, safe to run again and
// from several processes at once. Blocks; any thread.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "migrations/migrations.hpp"
#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

// Applies what is missing, each file in one transaction with its record in
// outlay.schema_migrations and the checksum of its text; makes generation 1 if there is none and
// points queries at it. In the text of a migration "{generation}" stands for the number of the
// generation that it is applied to.
sql::Status migrate(sql::Store& store, std::span<const migrations::Migration> all,
                    const platform::Clock& clock);

// What of one generation is brought up to date. Its indexes may come after its rows.
enum class SchemaPart { tables, everything };
sql::Status migrate_generation(sql::Store& store, std::span<const migrations::Migration> all,
                               std::int64_t generation, SchemaPart part,
                               const platform::Clock& clock);

// A row per generation, see generations.hpp.
inline constexpr std::array generations_columns{sql::Column{"generation", sql::Type::integer},
                                                sql::Column{"state", sql::Type::text},
                                                sql::Column{"created_at", sql::Type::timestamp}};
inline constexpr sql::Table generations_table{"outlay.generations", generations_columns, 1};

// The migrations that a store lacks to be served from, as recorded ("generation_0001@1": for
// generation 1, the active one). The store must have been migrated at least once.
sql::Result<std::vector<std::string>> missing_migrations(
    sql::Store& store, std::span<const migrations::Migration> all);

enum class MigrationState {
    applied,
    missing,
    changed,  // the text that was applied is another one than this program's
    newer,    // applied by a newer program
};
struct MigrationRecord {
    std::string name;  // "0001_fixed", "generation_0001@1"
    MigrationState state = MigrationState::missing;
    std::string applied_at{};  // "" : not
    // Whether the text that was applied is known; programs before the checksums did not note it.
    bool is_checked = false;
};
// Every migration that this program has, of each generation that there is, and every other one that
// was applied. Changes nothing, also where nothing was applied yet.
sql::Result<std::vector<MigrationRecord>> migration_records(
    sql::Store& store, std::span<const migrations::Migration> all);

}  // namespace outlay::workers
