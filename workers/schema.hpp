// Schema: brings a store to the state that this program needs. Forward only, safe to run again and
// from several processes at once. Blocks; any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "migrations/migrations.hpp"
#include "platform/clock.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

// Applies what is missing, each file in one transaction with its record in
// outlay.schema_migrations; makes generation 1 if there is none and points queries at it. In the
// text of a migration "{generation}" stands for the number of the generation that it is applied to.
sql::Status migrate(sql::Store& store, std::span<const migrations::Migration> all,
                    const platform::Clock& clock);

// The migrations that a store lacks, as recorded ("generation_0001@1": for generation 1). The store
// must have been migrated at least once.
sql::Result<std::vector<std::string>> missing_migrations(
    sql::Store& store, std::span<const migrations::Migration> all);

}  // namespace outlay::workers
