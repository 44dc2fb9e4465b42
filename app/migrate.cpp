// `outlay migrate`: the schema of a store, brought up to date, looked at, and proven.
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "api/auth/identity.hpp"
#include "app/key_file.hpp"
#include "app/place.hpp"
#include "app/roles.hpp"
#include "app/root_secret.hpp"
#include "platform/json/writer.hpp"
#include "platform/postgres/advisory_lock.hpp"
#include "platform/sqlite/directory_lock.hpp"
#include "workers/schema.hpp"

namespace outlay::app {

namespace {

using workers::MigrationRecord;
using workers::MigrationState;
using Records = std::vector<MigrationRecord>;

constexpr int not_as_wished = 1;
constexpr int unknown = 3;
// One of the numbers that sessions of a database can lock; any would do, as long as it stays.
constexpr std::int64_t lock_key = 0x6f75746c6179;  // "outlay"

std::string_view name_of(MigrationState state) {
    switch (state) {
        case MigrationState::applied:
            return "applied";
        case MigrationState::missing:
            return "missing";
        case MigrationState::changed:
            return "changed";
        case MigrationState::newer:
            return "newer";
    }
    CHECK(false, "a state that does not exist");
}

std::span<const migrations::Migration> migrations_of(const Settings& settings) {
    return settings.data_dir.empty() ? migrations::postgres() : migrations::sqlite();
}

// Keeps every other migration of the same store away, until it ends.
struct Alone {
    std::unique_ptr<sqlite::DirectoryLock> folder;
    std::unique_ptr<postgres::AdvisoryLock> database;
};

Outcome<Alone> be_alone(const Settings& settings) {
    Alone alone;
    if (!settings.data_dir.empty()) {
        auto lock = sqlite::DirectoryLock::take(settings.data_dir);
        if (!lock.ok()) return domain::Fail{lock.error()};
        alone.folder = std::make_unique<sqlite::DirectoryLock>(std::move(lock).value());
        return alone;
    }
    auto lock = postgres::AdvisoryLock::take(settings.postgres_url, lock_key, [] {
        std::cerr << "outlay: another migration is under way; waiting for its end\n";
    });
    if (!lock.ok()) return domain::Fail{"the database: " + lock.error().detail};
    alone.database = std::move(lock).value();
    return alone;
}

// The first owner of Kafka and PostgreSQL; `outlay serve` makes that of a folder.
int make_owner(const Settings& settings, sql::Store& store, const platform::Secret& secret,
               const platform::Clock& clock) {
    const auto key = api::make_first_owner(store, clock, secret, [&](const api::NewKey& made) {
        return settings.owner_key_file.empty()
                   ? domain::Status<std::string>(domain::Done{})
                   : write_key_file(settings.owner_key_file, made.secret);
    });
    if (!key.ok()) return fail("the database: " + key.error().detail);
    if (!*key) return 0;
    if (settings.owner_key_file.empty())
        std::cout << "Owner's API key, printed this once:\n  " << (*key)->secret << "\n";
    else
        std::cout << "The owner's API key is in " << settings.owner_key_file << ".\n";
    return 0;
}

void print_json(const Records& records, bool is_well) {
    std::string text;
    json::Writer out(text);
    out.begin_object().field("ok", is_well).key("migrations").begin_array();
    for (const auto& record : records) {
        out.begin_object()
            .field("name", record.name)
            .field("state", std::string(name_of(record.state)))
            .field("applied_at",
                   record.applied_at.empty() ? std::nullopt : std::optional(record.applied_at))
            .field("checked", record.is_checked)
            .end_object();
    }
    out.end_array().end_object();
    std::cout << text << "\n";
}

void print_table(const Records& records) {
    std::printf("%-32s  %-8s  %s\n", "migration", "state", "applied");
    for (const auto& record : records) {
        std::printf("%-32s  %-8s  %s%s\n", record.name.c_str(),
                    std::string(name_of(record.state)).c_str(),
                    record.applied_at.empty() ? "-" : record.applied_at.c_str(),
                    record.applied_at.empty() || record.is_checked ? "" : " (no checksum)");
    }
    std::fflush(stdout);
}

bool has(const Records& records, MigrationState state) {
    return std::ranges::find(records, state, &MigrationRecord::state) != records.end();
}

Outcome<Records> read_records(const Settings& settings) {
    const auto store = needed_store(settings);
    if (!store.ok()) return domain::Fail{store.error()};
    auto records = workers::migration_records(**store, migrations_of(settings));
    if (!records.ok()) return domain::Fail{"the store: " + records.error().detail};
    return std::move(records).value();
}

}  // namespace

int migrate(const Settings& settings) {
    const platform::SystemClock clock;
    const bool is_embedded = !settings.data_dir.empty();
    // In a folder that holds none, `outlay serve` makes journal, secret and store together.
    const auto store = needed_store(settings);
    if (!store.ok()) return fail(store.error());
    const auto secret = is_embedded ? existing_root_secret(settings)
                                    : shared_root_secret(settings, platform::load_or_create_secret);
    if (!secret.ok()) return fail(secret.error());
    const auto alone = be_alone(settings);
    if (!alone.ok()) return fail(alone.error());
    const auto migrated = workers::migrate(**store, migrations_of(settings), clock);
    if (!migrated.ok()) return fail("the database: " + migrated.error().detail);
    std::cout << "The schema is up to date.\n";
    return is_embedded ? 0 : make_owner(settings, **store, *secret, clock);
}

int migrate_status(const Settings& settings) {
    const auto records = read_records(settings);
    if (!records.ok()) {
        fail(records.error());
        return unknown;
    }
    const bool is_well = !has(*records, MigrationState::missing);
    if (settings.json)
        print_json(*records, is_well);
    else
        print_table(*records);
    if (!is_well) std::cerr << "outlay: some are missing; `outlay migrate` applies them\n";
    return is_well ? 0 : not_as_wished;
}

int migrate_verify(const Settings& settings) {
    const auto records = read_records(settings);
    if (!records.ok()) {
        fail(records.error());
        return unknown;
    }
    const bool is_well =
        !has(*records, MigrationState::missing) && !has(*records, MigrationState::changed);
    if (settings.json) {
        print_json(*records, is_well);
        return is_well ? 0 : not_as_wished;
    }
    for (const auto& record : *records) {
        if (record.state == MigrationState::missing)
            std::cout << record.name << " was not applied\n";
        if (record.state == MigrationState::changed)
            std::cout << record.name << " was applied with another text than this program has\n";
        if (record.state == MigrationState::newer)
            std::cout << record.name << " was applied by a newer program\n";
    }
    if (is_well) std::cout << "what was applied is what this program would apply\n";
    return is_well ? 0 : not_as_wished;
}

}  // namespace outlay::app
