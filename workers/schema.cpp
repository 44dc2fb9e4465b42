// Applying migrations. Several processes may start at once: the one that comes second fails on what
// the first one made, finds it recorded and goes on.
#include "workers/schema.hpp"

#include <array>
#include <set>
#include <string>
#include <vector>

#include "platform/hash.hpp"
#include "workers/cells.hpp"

namespace outlay::workers {

namespace {

using migrations::Migration;
using Applied = std::set<std::string>;

constexpr std::string_view generation_prefix = "generation_";
constexpr std::string_view index_suffix = "_indexes";
constexpr std::string_view placeholder = "{generation}";
constexpr std::int64_t first_generation = 1;

const sql::TransactionOptions as_admin{sql::Access::admin, std::nullopt};

bool is_of_generation(const Migration& migration) {
    return migration.name.starts_with(generation_prefix);
}

bool is_index_file(const Migration& migration) {
    return migration.name.ends_with(index_suffix);
}

std::string with_generation(std::string_view text, std::int64_t generation) {
    std::string filled;
    for (auto at = text.find(placeholder); at != std::string_view::npos;
         at = text.find(placeholder)) {
        filled.append(text.substr(0, at)).append(std::to_string(generation));
        text.remove_prefix(at + placeholder.size());
    }
    return filled.append(text);
}

std::string checksum_of(const Migration& migration) {
    return platform::hex(platform::bytes_of(platform::sha256(migration.sql)));
}

// One file for the fixed tables (generation 0) or for one generation.
struct Step {
    const Migration* migration;
    std::int64_t generation = 0;

    std::string record_name() const {
        const std::string name(migration->name);
        return generation == 0 ? name : name + "@" + std::to_string(generation);
    }
    std::string script(domain::Instant now) const {
        return with_generation(migration->sql, generation) +
               "\n;\nINSERT INTO outlay.schema_migrations (name, applied_at) VALUES ('" +
               record_name() + "', '" + now.text() +
               "');\nINSERT INTO outlay.schema_checksums (name, checksum) VALUES ('" +
               record_name() + "', '" + checksum_of(*migration) +
               "') ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum";
    }
};

sql::Result<Applied> applied(sql::Store& store) {
    Applied names;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        const auto rows = session.query("SELECT name FROM outlay.schema_migrations");
        if (!rows.ok()) return domain::Fail{rows.error()};
        for (std::size_t row = 0; row < rows->size(); ++row) names.insert(rows->text(row, 0));
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return names;
}

sql::Result<std::int64_t> active_generation(sql::Store& store) {
    std::int64_t active = 0;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        active = session.generation();
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return active == 0 ? first_generation : active;
}

sql::Result<std::vector<std::int64_t>> known_generations(sql::Store& store) {
    std::vector<std::int64_t> found;
    const auto done = store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        const auto rows =
            session.query("SELECT generation FROM outlay.generations ORDER BY generation");
        if (!rows.ok()) return domain::Fail{rows.error()};
        for (std::size_t row = 0; row < rows->size(); ++row) found.push_back(rows->integer(row, 0));
        return domain::Done{};
    });
    if (!done.ok()) return domain::Fail{done.error()};
    return found;
}

sql::Status apply(sql::Store& store, const Step& step, domain::Instant now) {
    const auto known = applied(store);
    if (!known.ok()) return domain::Fail{known.error()};
    if (known->contains(step.record_name())) return domain::Done{};
    auto done = store.run_script(step.script(now), step.generation);
    if (done.ok()) return done;
    const auto by_others = applied(store);
    if (by_others.ok() && by_others->contains(step.record_name())) return domain::Done{};
    return done;
}

// The row of a first generation, if there is none at all.
sql::Status ensure_generation(sql::Store& store, domain::Instant now) {
    const auto existing = known_generations(store);
    if (!existing.ok()) return domain::Fail{existing.error()};
    if (!existing->empty()) return domain::Done{};
    return store.transact(as_admin, [&](sql::Session& session) {
        const std::array cells{cell(first_generation), cell("active"), cell(now)};
        return session.write(generations_table, sql::OnConflict::ignore, cells);
    });
}

sql::Status ensure_active(sql::Store& store) {
    return store.transact(as_admin, [&](sql::Session& session) -> sql::Status {
        const auto made = session.execute(
            "INSERT INTO outlay.active_generation (singleton, generation)"
            " SELECT TRUE, min(generation) FROM outlay.generations WHERE TRUE ON CONFLICT DO "
            "NOTHING");
        if (!made.ok()) return domain::Fail{made.error()};
        return domain::Done{};
    });
}

}  // namespace

sql::Status migrate(sql::Store& store, std::span<const Migration> all,
                    const platform::Clock& clock) {
    const auto now = clock.now();
    CHECK(!all.empty(), "a program without migrations");
    // The first file makes the table of records and may run again.
    auto done = store.run_script(all.front().sql, 0);
    if (!done.ok()) done = store.run_script(all.front().sql, 0);
    for (const auto& migration : all.subspan(1)) {
        if (!done.ok()) return done;
        if (!is_of_generation(migration)) done = apply(store, {&migration, 0}, now);
    }
    if (done.ok()) done = ensure_generation(store, now);
    if (!done.ok()) return done;
    const auto existing = known_generations(store);
    if (!existing.ok()) return domain::Fail{existing.error()};
    for (const auto generation : *existing) {
        if (!done.ok()) return done;
        done = migrate_generation(store, all, generation, SchemaPart::everything, clock);
    }
    return done.ok() ? ensure_active(store) : done;
}

sql::Status migrate_generation(sql::Store& store, std::span<const Migration> all,
                               std::int64_t generation, SchemaPart part,
                               const platform::Clock& clock) {
    sql::Status done = domain::Done{};
    for (const auto& migration : all) {
        if (!is_of_generation(migration)) continue;
        if (part == SchemaPart::tables && is_index_file(migration)) continue;
        if (done.ok()) done = apply(store, {&migration, generation}, clock.now());
    }
    return done;
}

sql::Result<std::vector<std::string>> missing_migrations(sql::Store& store,
                                                         std::span<const Migration> all) {
    const auto known = applied(store);
    if (!known.ok()) return domain::Fail{known.error()};
    const auto active = active_generation(store);
    if (!active.ok()) return domain::Fail{active.error()};
    std::vector<std::string> missing;
    for (const auto& migration : all.subspan(1)) {
        const Step step{&migration, is_of_generation(migration) ? *active : 0};
        if (!known->contains(step.record_name())) missing.push_back(step.record_name());
    }
    return missing;
}

}  // namespace outlay::workers
