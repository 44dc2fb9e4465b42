// `outlay journal adopt`: a store follows another journal than the one it was made from, one that
// was imported in its place. People, keys, channels' secrets and messages stay.
#include <iostream>
#include <numeric>

#include "app/place.hpp"
#include "app/roles.hpp"
#include "journal/walk.hpp"
#include "migrations/migrations.hpp"
#include "platform/sqlite/directory_lock.hpp"
#include "workers/generations.hpp"
#include "workers/status.hpp"

namespace outlay::app {

namespace {

// Which journal there is now, and how far it reaches.
struct Found {
    std::string journal;
    std::vector<std::int64_t> ends;
};

Outcome<Found> look_at(journal::Journal& log) {
    Found found;
    for (std::int32_t partition = 0; partition < log.partition_count(); ++partition) {
        const auto end = log.end(partition);
        if (!end.ok()) return domain::Fail{"the journal: " + end.error().detail};
        found.ends.push_back(*end);
    }
    journal::Walk first(log, 0);
    const auto step = first.next(found.ends.empty() ? 0 : found.ends.front());
    if (!step.ok()) return domain::Fail{step.error().position.text() + ": " + step.error().detail};
    if (!*step) return domain::Fail{std::string("the journal is empty; import it first")};
    found.journal = first.journal();
    return found;
}

std::string followed(const workers::ProjectionStatus& status) {
    return status.partitions.empty() ? "" : status.partitions.front().checkpoint.journal;
}

}  // namespace

int journal_adopt(const Settings& settings) {
    const platform::SystemClock clock;
    auto place = tool_place(settings, clock);
    if (!place.ok()) return fail(place.error());
    std::optional<sqlite::DirectoryLock> lock;
    if (place->is_embedded) {
        auto taken = sqlite::DirectoryLock::take(settings.data_dir);
        if (!taken.ok()) return fail(taken.error() + "; end the server first");
        lock.emplace(std::move(taken).value());
    }
    const auto found = look_at(*place->log);
    if (!found.ok()) return fail(found.error());
    const auto status = workers::projection_status(*place->store, nullptr);
    if (!status.ok()) return fail("the store: " + status.error().detail);
    const auto before = followed(*status);
    if (before.empty() || before == found->journal) {
        std::cout << "The store follows journal " << found->journal << " already.\n";
        return 0;
    }
    const auto records = std::accumulate(found->ends.begin(), found->ends.end(), std::int64_t{0});
    if (settings.dry_run) {
        std::cout << "The store follows journal " << before << "; it would follow "
                  << found->journal << ", and its read models would be made anew from " << records
                  << " records.\n";
        return 0;
    }
    const auto migrations = place->is_embedded ? migrations::sqlite() : migrations::postgres();
    const auto begun = workers::begin_anew(*place->store, migrations, found->ends, clock);
    if (!begun.ok()) return fail("the store: " + begun.error().detail);
    std::cout << "The store follows journal " << found->journal << " now, instead of " << before
              << ".\nStart " << (place->is_embedded ? "the server" : "the workers")
              << ": read models are made from " << records
              << " records; `outlay status` tells how far they are.\n";
    return 0;
}

}  // namespace outlay::app
