// `outlay rebuild`: makes the read models anew beside the live ones and puts them in their place.
#include <cstdio>
#include <iostream>

#include "app/difference.hpp"
#include "app/place.hpp"
#include "app/progress.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "migrations/migrations.hpp"
#include "platform/json/writer.hpp"
#include "platform/sqlite/directory_lock.hpp"
#include "workers/rebuild.hpp"
#include "workers/status.hpp"

namespace outlay::app {

namespace {

using std::chrono::milliseconds;

constexpr int not_switched = 1;  // rows differ
constexpr int not_done = 3;      // it could not be finished; the next one goes on from there

// Slows work down to a wished rate, and leaves a server of the same files as much time as it took.
class Pace {
public:
    Pace(std::int64_t records_per_s, std::string served_folder)
        : records_per_s_(records_per_s), folder_(std::move(served_folder)) {}

    // Waits as long as those records ask for; true if the process is to end.
    bool hold(std::int64_t records) {
        const auto now = std::chrono::steady_clock::now();
        const auto spent = std::chrono::duration_cast<milliseconds>(now - resumed_);
        const bool is_served = !folder_.empty() && sqlite::DirectoryLock::is_held(folder_);
        auto pause = is_served ? spent : milliseconds{0};
        if (records_per_s_ > 0) {
            const milliseconds wished{records * milli / records_per_s_};
            pause = std::max(pause, wished - spent);
        }
        is_ended_ = is_ended_ || wait_for_end(std::max(pause, milliseconds{0}));
        resumed_ = std::chrono::steady_clock::now();
        return is_ended_;
    }

private:
    static constexpr std::int64_t milli = 1'000;
    std::int64_t records_per_s_;
    std::string folder_;  // of SQLite files, which a server may share; else empty
    bool is_ended_ = false;
    std::chrono::steady_clock::time_point resumed_ = std::chrono::steady_clock::now();
};

int cannot_finish(const Settings& settings, const std::string& sentence) {
    fail(sentence + (settings.rollback ? " (`outlay rebuild --rollback` goes on from here)"
                                       : " (`outlay rebuild` goes on from here; --restart begins "
                                         "anew)"));
    return not_done;
}

void print_json(const workers::Rebuild& rebuild, const std::optional<workers::Verification>& found,
                bool is_switched) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("generation", rebuild.generation())
        .field("replaced", rebuild.replaced())
        .field("switched", is_switched);
    write_difference(out, found ? found->difference : std::nullopt);
    out.end_object();
    std::cout << text << "\n";
}

void print_outcome(const workers::Rebuild& rebuild,
                   const std::optional<workers::Verification>& found, bool is_switched) {
    if (found && found->difference) {
        std::cout << difference_text(*found->difference);
    } else if (found) {
        std::cout << "every row is the same in " << found->tables.size() << " tables\n";
    }
    if (!is_switched) {
        std::cout << "nothing was switched: `outlay rebuild --accept-difference` goes on with "
                     "generation "
                  << rebuild.generation() << "\n";
        return;
    }
    std::cout << "generation " << rebuild.generation() << " answers now; `outlay rebuild "
              << "--rollback` returns to generation " << rebuild.replaced() << "\n";
}

workers::RebuildOptions options_for(bool is_embedded) {
    workers::RebuildOptions options;
    if (!is_embedded) {
        constexpr std::size_t writers = 2;  // each keeps one core of the database's about as busy
        options.threads = writers;
        return options;
    }
    // A server may share the files at any time, and there is only one write lock: it is held for
    // some tens of milliseconds, not for as long as an index over full tables takes.
    options.indexes_last = false;
    constexpr std::size_t small_batch = 250;
    options.batch.records_max = small_batch;
    return options;
}

int switch_over(workers::Rebuild& rebuild, const Settings& settings) {
    std::optional<workers::Verification> found;
    if (!settings.rollback) {
        auto compared = rebuild.compare();
        if (!compared.ok()) return cannot_finish(settings, compared.error());
        found = std::move(compared).value();
    }
    const bool is_held = found && found->difference && !settings.accept_difference;
    if (!is_held) {
        const auto flipped = rebuild.flip();
        if (!flipped.ok()) return cannot_finish(settings, flipped.error());
    }
    if (settings.json)
        print_json(rebuild, found, !is_held);
    else
        print_outcome(rebuild, found, !is_held);
    return is_held ? not_switched : 0;
}

}  // namespace

int rebuild(const Settings& settings) {
    block_signals();
    const platform::SystemClock clock;
    auto place = tool_place(settings, clock);
    if (!place.ok()) return cannot_finish(settings, place.error());
    const auto status = workers::projection_status(*place->store, nullptr);
    if (!status.ok()) return cannot_finish(settings, "the store: " + status.error().detail);
    Progress progress("projected", "records", status->projected);
    Pace pace(settings.records_per_s, settings.data_dir);
    const auto told = [&](std::int64_t records) {
        progress.add(records);
        return !pace.hold(records);
    };
    const auto migrations = place->is_embedded ? migrations::sqlite() : migrations::postgres();
    workers::Rebuild rebuild({*place->store, *place->log, migrations, clock},
                             options_for(place->is_embedded), told);
    if (settings.restart) {
        const auto dropped = rebuild.abandon();
        if (!dropped.ok()) return cannot_finish(settings, dropped.error());
    }
    const auto begun = settings.rollback ? rebuild.begin_rollback() : rebuild.begin();
    if (!begun.ok()) return cannot_finish(settings, begun.error());
    std::cerr << "generation " << rebuild.generation() << " is made beside generation "
              << rebuild.replaced() << ", which goes on\n";
    const auto caught_up = rebuild.catch_up();
    if (!caught_up.ok()) return cannot_finish(settings, caught_up.error());
    progress.end();
    return switch_over(rebuild, settings);
}

}  // namespace outlay::app
